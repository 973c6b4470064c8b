package lookup

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lint"
)

// TestAnswerSize compares what the rules take for the size of an answer with that of
// the message as the library packs it, around both limits.
func TestAnswerSize(t *testing.T) {
	t.Parallel()
	const name = "_dmarc.example.com"
	long := strings.Repeat("x", 255)
	for _, tt := range []struct {
		name     string
		answers  [][]string // strings of each record
		size     int        // without EDNS0
		wantRule string
	}{
		{"a short record", [][]string{{"v=DMARC1; p=reject"}}, 67, ""},
		{"the largest that fits 512", [][]string{{long, long[:207]}}, 512, ""},
		{"one octet more", [][]string{{long, long[:208]}}, 513, "dns-response-over-512"},
		{"several records", [][]string{{long}, {long[:195]}}, 512, ""},
		{"several records, one octet more", [][]string{{long}, {long[:196]}}, 513, "dns-response-over-512"},
		{"the largest that fits 1232", [][]string{{long, long, long, long, long[:148]}}, 1221, "dns-response-over-512"},
		{"more than that", [][]string{{long, long, long, long, long[:149]}}, 1222, "dns-response-over-edns-1232"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			message := new(dns.Msg).SetQuestion(name+".", dns.TypeTXT)
			message.Compress = true
			reply := Reply{Question: Question{name, TypeTXT}}
			for _, strings := range tt.answers {
				message.Answer = append(message.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: name + ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: strings})
				reply.Answer.Records = append(reply.Answer.Records, Record{Type: TypeTXT, Strings: strings, Source: lint.NewSource("", "")})
			}
			packed, err := message.Pack()
			if err != nil || len(packed) != tt.size || estimate(reply) != tt.size {
				t.Errorf("the message has %d octets (%v), taken for %d, expected %d", len(packed), err, estimate(reply), tt.size)
			}
			found := slices.DeleteFunc(lint.Run(AnswerRules(), []Reply{reply}), func(f lint.Finding) bool { return !strings.HasPrefix(f.RuleID, "dns-response") })
			if tt.wantRule == "" && len(found) > 0 || tt.wantRule != "" && (len(found) != 1 || found[0].RuleID != tt.wantRule) {
				t.Errorf("found %v", found)
			}
		})
	}
}
