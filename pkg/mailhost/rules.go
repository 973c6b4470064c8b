package mailhost

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// rule is a rule over what Inspect gathered.
type rule = lint.Rule[*Facts]

// Rules returns every rule about mail hosts, the only list of them. The slice is new
// at each call; the rules are constants in spirit.
func Rules() []lint.Rule[*Facts] {
	return slices.Concat(addressRules(), exchangeRules(), nullRules(), targetRules(), reverseRules(), heloRules(), clientRules())
}

// Judges reports whether the part was to be looked at.
func (f *Facts) Judges(part Part) bool { return f.Domain != "" && f.Options.Parts&part != 0 }

// place is where a finding stands that is about no text: a question's answer.
func place(subject string) lint.Span { return lint.NewSource(subject, "").Whole() }

// words joins what implements String.
func words[T interface{ String() string }](list []T) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].String()
	}
	return strings.Join(texts, ", ")
}

// expected reports whether the address is among those that are known to be right.
func (f *Facts) expected(addr netip.Addr) bool {
	return slices.ContainsFunc(f.Options.Expect, func(a netip.Addr) bool { return a.Unmap() == addr.Unmap() })
}

// example returns an example that a command shows.
func example(zone string, args ...string) lint.Example { return lint.Example{Zone: zone, Args: args} }

// onA, onMX, onPTR and onHELO return examples of one command each.
func onA(zone string) lint.Example  { return example(zone, "a", "example.com") }
func onMX(zone string) lint.Example { return example(zone, "mx", "example.com") }

func onPTR(names string) lint.Example {
	return example("mail A 192.0.2.1\n$ORIGIN 2.0.192.in-addr.arpa.\n"+names, "ptr", "192.0.2.1")
}

func onHELO(name, zone string) lint.Example { return example(zone, "helo", name) }
