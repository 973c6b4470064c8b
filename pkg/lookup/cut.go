package lookup

import (
	"regexp"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// keepCut notes a text that ends where a comment begins. Behind a quotation mark one
// may begin anywhere: there it must look like the rest of the text.
func (r *reader) keepCut(source *lint.Source, tokens []token) {
	if r.comment == "" || tokens[0].is(`\#`) {
		return
	}
	rest, tags := meantTags(r.comment)
	if strings.HasSuffix(source.Text, ";") {
		rest = strings.TrimPrefix(rest, ";")
	}
	if tokens[len(tokens)-1].quoted && !(tags && ofTags.MatchString(source.Text)) {
		return
	}
	// Between unquoted pieces the blanks are lost: what was meant is not known.
	if !tags || len(tokens) > 1 {
		rest = ""
	}
	r.judged.Cut = append(r.judged.Cut, Cut{Source: source, Rest: rest, Sure: tags})
}

// ofTags matches a text that consists of tags with semicolons between them.
var ofTags = regexp.MustCompile(`(?i)^v=(dmarc1|dkim1)\b|;\s*$`)

// oneTag matches a tag of a record such as p=reject.
var oneTag = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*=\S*$`)

// meantTags returns the start of a comment that consists of tags, each with its
// semicolon. ok is false where it may be prose: then a blank before the semicolon
// alone tells that it ends the tags.
func meantTags(comment string) (tags string, ok bool) {
	parts := strings.Split(comment, ";")[1:]
	for i, part := range parts {
		tag := strings.TrimSpace(part)
		switch {
		case oneTag.MatchString(tag):
			tags += ";" + part
		case tag == "" && i > 0 && i == len(parts)-1:
			tags += ";"
		case i > 0 && strings.TrimRight(parts[i-1], " \t") != parts[i-1]:
			return strings.TrimRight(tags, " \t\r"), true
		default:
			return "", false
		}
	}
	return strings.TrimRight(tags, " \t\r"), tags != ""
}
