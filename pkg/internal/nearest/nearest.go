// Package nearest guesses which known word a mistyped one was meant to be.
package nearest

// longest is the length beyond which a word is no typing error, in octets.
const longest = 64

// Word returns the known word with the fewest insertions, deletions,
// replacements and swaps of neighbours between it and word, "" where more than
// limit are needed. Of equally near words the first one counts.
func Word(word string, known []string, limit int) string {
	if len(word) > longest {
		return ""
	}
	best := ""
	for _, candidate := range known {
		if d := distance(word, candidate); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best
}

// distance is the optimal string alignment distance.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
