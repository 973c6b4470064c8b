package spf_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/spf"
)

// conditionZone has names that exist for some local parts alone: u5.c0 and u5.c2, but
// not u5.c1, as 5 has its bits. Two records with such terms can be included.
func conditionZone(rnd *rand.Rand) string {
	var b strings.Builder
	for user := range 8 {
		for bit := range 3 {
			if user>>bit&1 == 1 {
				fmt.Fprintf(&b, "u%d.c%d A 127.0.0.2\n", user, bit)
			}
		}
	}
	return b.String() + "x TXT \"" + conditionRecord(rnd, "") + "\"\ny TXT \"" + conditionRecord(rnd, "") + "\"\n"
}

func conditionRecord(rnd *rand.Rand, includes string) string {
	record := "v=spf1"
	for range 1 + rnd.IntN(3) {
		record += " " + []string{"", "", "-", "~", "?"}[rnd.IntN(5)]
		switch k := rnd.IntN(8); {
		case k < 2:
			record += fmt.Sprintf("ip4:192.0.2.%d/%d", 1+rnd.IntN(2), 31+rnd.IntN(2))
		case k < 4 && includes != "":
			record += "include:" + string(includes[rnd.IntN(len(includes))]) + ".example.com"
		default:
			record += fmt.Sprintf("exists:%%{l}.c%d.example.com", rnd.IntN(3))
		}
	}
	return record + " " + []string{"", "-", "~", "?"}[rnd.IntN(4)] + "all"
}

// TestCompareVerdicts compares what is said of pairs of random records that depend on
// the message with the verdicts on each message: no two records are called the same if
// they are not, and no loss goes unreported.
func TestCompareVerdicts(t *testing.T) {
	t.Parallel()
	rnd := newRand(9)
	same, lost := 0, 0
	clients := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("2001:db8::1")}
	for range 6000 {
		text := conditionZone(rnd)
		z := zone(t, text)
		records := [2]string{conditionRecord(rnd, "xy"), conditionRecord(rnd, "xy")}
		var facts [2]*spf.Facts
		var verdicts [2][]spf.Result
		for i, record := range records {
			facts[i] = spf.InspectRecord(t.Context(), z, "example.com", lint.NewSource("text", record))
			r := overlay(t, []spf.FlatRecord{{Name: "example.com", Text: record}}, z)
			for message := range 8 * len(clients) {
				q := spf.Query{IP: clients[message/8], Sender: fmt.Sprintf("u%d@example.com", message%8)}
				verdicts[i] = append(verdicts[i], spf.Check(t.Context(), r, q))
			}
		}
		d := spf.Compare(facts[0], facts[0].Networks(), facts[1])
		d.Keep = true
		reported := len(lint.Run(spf.DiffRules(), d)) > 0
		if d.Empty() {
			same++
		}
		for i, old := range verdicts[0] {
			now := verdicts[1][i]
			if errors.Is(old.Reason, spf.ErrVoidLimit) || errors.Is(now.Reason, spf.ErrVoidLimit) {
				continue // terms that depend on the message are taken to break no limit
			}
			if d.Empty() && old.Status != now.Status {
				t.Fatalf("message %d is %s, then %s, and the records are said to be the same\n%s\n%s", i, old.Status, now.Status, strings.Join(records[:], "\n"), text)
			}
			if old.Status == spf.Pass && now.Status != spf.Pass {
				if lost++; !reported {
					t.Fatalf("message %d no longer passes, and no loss is reported\n%s\n%s", i, strings.Join(records[:], "\n"), text)
				}
			}
		}
	}
	t.Logf("%d pairs are the same, %d messages lost", same, lost)
	if same < 50 || lost < 10000 {
		t.Errorf("only %d pairs the same, %d messages lost", same, lost)
	}
}
