package dmarc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lookup"
)

func TestWalkNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		labels int
		want   []int // labels of each name asked about
	}{
		{1, []int{1}}, {2, []int{2, 1}}, {7, []int{7, 6, 5, 4, 3, 2, 1}}, {8, []int{8, 7, 6, 5, 4, 3, 2, 1}},
		{9, []int{9, 7, 6, 5, 4, 3, 2, 1}}, {13, []int{13, 7, 6, 5, 4, 3, 2, 1}}, {127, []int{127, 7, 6, 5, 4, 3, 2, 1}},
	}
	for _, tt := range tests {
		var got []int
		for _, name := range walkNames(strings.TrimSuffix(strings.Repeat("a.", tt.labels), ".")) {
			got = append(got, strings.Count(name, ".")+1)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%d labels: %s", tt.labels, diff)
		}
	}
}

func TestOrg(t *testing.T) {
	t.Parallel()
	const none, yes, no = "v=DMARC1; p=none", "v=DMARC1; p=none; psd=y", "v=DMARC1; p=none; psd=n"
	tests := []struct {
		start   string
		records map[string]string
		want    string
	}{
		{"a.mail.example.com", map[string]string{"mail.example.com": none, "example.com": none}, "example.com"},
		{"a.mail.example.com", map[string]string{"mail.example.com": no, "example.com": none}, "mail.example.com"},
		{"a.mail.example.com", map[string]string{"com": yes}, "example.com"},
		{"mail.example.com", map[string]string{"example.com": yes}, "mail.example.com"},
		{"bank.example", map[string]string{"bank.example": yes}, "bank.example"},
		{"giant.bank.example", map[string]string{"giant.bank.example": none, "bank.example": yes}, "giant.bank.example"},
		{"mail.mega.bank.example", map[string]string{"bank.example": yes}, "mega.bank.example"},
		{"a.b.example.com", nil, "a.b.example.com"},
		{"x.com", map[string]string{"com": none}, "com"},
	}
	for _, tt := range tests {
		zone := ";! AUTHORITATIVE .\n"
		for name, record := range tt.records {
			zone += fmt.Sprintf("_dmarc.%s. TXT %q\n", name, record)
		}
		if got := inspect(t, zone, tt.start, Options{}); got.OrgDomain != tt.want || got.OrgErr != nil {
			t.Errorf("%s with %v: %s, %v, want %s", tt.start, tt.records, got.OrgDomain, got.OrgErr, tt.want)
		}
	}
}

func inspect(t *testing.T, text, domain string, o Options) *Facts {
	t.Helper()
	zone, err := lookup.ParseZone("test.zone", text)
	if err != nil {
		t.Fatal(err)
	}
	return Inspect(t.Context(), lookup.NewCache(zone, 0), domain, o)
}

// TestDestinations holds the comparison of organizations to RFC 9990, Section 4.
func TestDestinations(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! SERVFAIL example.com._report._dmarc.slow.example. TXT
_dmarc.example.com. TXT "v=DMARC1; p=none; rua=mailto:a@%s"
_dmarc.unit.example.com. TXT "v=DMARC1; p=none; psd=n"
example.com._report._dmarc.agrees.example. TXT "v=DMARC1"
example.com._report._dmarc.other.example. TXT "v=DMARC1; rua=mailto:a@third.example"
example.com._report._dmarc.unit.example.com. TXT "v=DMARC1;"
`
	tests := []struct {
		host    string
		foreign bool
		err     error
	}{
		{"example.com", false, nil}, {"mail.example.com", false, nil}, {"unit.example.com", true, nil}, {"agrees.example", true, nil},
		{"refuses.example", true, ErrUnauthorized}, {"other.example", true, ErrOtherHost}, {"slow.example", true, lookup.ErrServFail},
		{strings.Repeat("a123456789.", 22) + "example", true, ErrUnauthorized},
	}
	for _, tt := range tests {
		d := inspect(t, fmt.Sprintf(zone, tt.host), "example.com", Options{}).Destinations[0]
		reason := d.Err
		if failure, ok := reason.(*lookup.Error); ok {
			reason = failure.Reason
		}
		if d.Foreign != tt.foreign || reason != tt.err {
			t.Errorf("%s: foreign %v, %v", tt.host, d.Foreign, d.Err)
		}
	}
}

// TestDestinationsUnknown wants a destination held for another organization's only where
// no missing answer could change that. The question about the record of the name above
// has no answer.
func TestDestinationsUnknown(t *testing.T) {
	t.Parallel()
	const zone = `;! AUTHORITATIVE .
;! %s _dmarc.%s. TXT
_dmarc.a.example.com. TXT "v=DMARC1; p=reject; rua=mailto:x@%s"
_dmarc.unit.a.example.com. TXT "v=DMARC1; p=none; psd=n"
a.example.com._report._dmarc.agrees.example.com. TXT "v=DMARC1"
`
	for _, tt := range []struct {
		above, host string
		foreign     bool
		err         error // nil, ErrUnauthorized, or what is said of the question above
	}{
		{"example.com", "a.example.com", false, nil},
		{"example.com", "b.a.example.com", false, nil}, // both below what is missing, whatever that is
		{"example.com", "example.com", false, errAbove},
		{"example.com", "c.example.com", false, errAbove},
		{"example.com", "agrees.example.com", false, nil}, // needless or not, the consent is there
		{"example.com", "other.com", true, ErrUnauthorized},
		{"example.com", "unit.a.example.com", true, ErrUnauthorized}, // psd=n
		{"com", "other.com", false, errAbove},
		{"com", "example.net", true, ErrUnauthorized},
		{"b.a.example.com", "b.a.example.com", false, errAbove}, // it may say psd=n
	} {
		for directive, failure := range map[string]error{"SERVFAIL": lookup.ErrServFail, "TIMEOUT": lookup.ErrTimeout} {
			f := inspect(t, fmt.Sprintf(zone, directive, tt.above, tt.host), "a.example.com", Options{})
			d, want := f.Destinations[0], tt.err
			reason := d.Err
			if failure, ok := reason.(*lookup.Error); ok {
				reason = failure.Reason
			}
			needed := slices.ContainsFunc(f.Asked, func(r lookup.Reply) bool { return r.Name == "_dmarc."+tt.above })
			if want == errAbove {
				want = failure
			}
			if d.Foreign != tt.foreign || reason != want || needed != (tt.err == errAbove) {
				t.Errorf("%s without %s: foreign %v, %v, needed %v", tt.host, tt.above, d.Foreign, d.Err, needed)
			}
		}
	}
}

var errAbove = errors.New("no answer")

func TestSuffixes(t *testing.T) {
	t.Parallel()
	s, err := ReadSuffixes("list", strings.NewReader("// comment\ncom\nuk\nco.uk\n*.ck\n!www.ck extra\n"))
	if err != nil {
		t.Fatal(err)
	}
	for domain, want := range map[string]string{
		"a.example.com": "example.com", "com": "com", "a.b.co.uk": "b.co.uk", "co.uk": "co.uk", "a.b.c.ck": "b.c.ck", "c.ck": "c.ck",
		"a.www.ck": "www.ck", "a.b.unknown": "b.unknown",
	} {
		if got := s.Organizational(domain); got != want {
			t.Errorf("%s: %s, want %s", domain, got, want)
		}
	}
	services, err := ReadSuffixes("list", strings.NewReader("com\n// ===BEGIN PRIVATE DOMAINS===\nshop.com\n*.host.com\n// ===END PRIVATE DOMAINS===\n*.ck\n"))
	if err != nil {
		t.Fatal(err)
	}
	for domain, want := range map[string]bool{"com": true, "a.com": false, "shop.com": false, "a.host.com": false, "a.ck": true, "b.a.ck": false, "unknown": false} {
		if got := services.Registry(domain); got != want {
			t.Errorf("%s: is it a registry's? %v", domain, got)
		}
	}
	if _, err := ReadSuffixes("list", strings.NewReader("// nothing\n")); err == nil {
		t.Error("an empty list is accepted")
	}
	if _, err := ReadSuffixes("list", strings.NewReader("a..b\n")); err == nil {
		t.Error("a broken name is accepted")
	}
	const tooLong = "list:2: the line has more than 65536 octets, and is no rule"
	if _, err := ReadSuffixes("list", strings.NewReader("com\n"+strings.Repeat("x", 70_000))); err == nil || err.Error() != tooLong {
		t.Errorf("%v, want %s", err, tooLong)
	}
}
