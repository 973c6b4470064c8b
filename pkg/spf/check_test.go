package spf_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/spf"
)

// zone reads master-file text below example.com; every other name is known not
// to exist.
func zone(t testing.TB, text string) *lookup.Zone {
	t.Helper()
	z, err := lookup.ParseZone("test", ";! AUTHORITATIVE .\n$ORIGIN example.com.\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// verdict is what a table wants of a Result. path names each term with its
// domain, outermost first.
type verdict struct {
	Status         spf.Status
	Reason         error
	Path           string
	Lookups, Voids int
	Explanation    string
}

// ask evaluates for a client that the query leaves out: 192.0.2.1, sender
// user@example.com, HELO mail.example.com.
func ask(t testing.TB, r lookup.Resolver, q spf.Query) verdict {
	t.Helper()
	if !q.IP.IsValid() {
		q.IP = netip.MustParseAddr("192.0.2.1")
	}
	if q.Sender == "" && q.Helo == "" {
		q.Sender, q.Helo = "user@example.com", "mail.example.com"
	}
	return summary(spf.Check(t.Context(), r, q))
}

func summary(got spf.Result) verdict {
	var path []string
	for _, step := range got.Path {
		path = append(path, step.Domain+" "+step.Term.Text())
	}
	return verdict{got.Status, got.Reason, strings.Join(path, " > "), got.Lookups, got.Voids, got.Explanation}
}

// checkCase is a row of the tables of evaluations.
type checkCase struct {
	name, zone string
	query      spf.Query
	want       verdict
}

func runCases(t *testing.T, cases []checkCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			compare(t, tt.want, ask(t, zone(t, tt.zone), tt.query))
		})
	}
}

func compare(t *testing.T, want, got verdict) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
}

// TestInclude is the table of RFC 7208, Section 5.2.
func TestInclude(t *testing.T) {
	t.Parallel()
	const outer = `@ TXT "v=spf1 include:in.example.com ?all"` + "\n"
	runCases(t, []checkCase{
		{"pass matches", outer + `in TXT "v=spf1 ip4:192.0.2.1 -all"`, spf.Query{},
			verdict{spf.Pass, nil, "example.com include:in.example.com > in.example.com ip4:192.0.2.1", 1, 0, ""}},
		{"fail does not", outer + `in TXT "v=spf1 -all"`, spf.Query{}, verdict{spf.Neutral, nil, "example.com ?all", 1, 0, ""}},
		{"softfail does not", outer + `in TXT "v=spf1 ~all"`, spf.Query{}, verdict{spf.Neutral, nil, "example.com ?all", 1, 0, ""}},
		{"neutral does not", outer + `in TXT "v=spf1"`, spf.Query{}, verdict{spf.Neutral, nil, "example.com ?all", 1, 0, ""}},
		{"temperror stays", outer + `;! SERVFAIL in.example.com. TXT`, spf.Query{},
			verdict{spf.TempError, lookup.ErrServFail, "example.com include:in.example.com", 1, 0, ""}},
		{"permerror stays", outer + `in TXT "v=spf1 moo"`, spf.Query{},
			verdict{spf.PermError, spf.ErrUnknownMechanism, "example.com include:in.example.com", 1, 0, ""}},
		{"two records are permerror", outer + "in TXT \"v=spf1 a\"\nin TXT \"v=spf1 mx\"", spf.Query{},
			verdict{spf.PermError, spf.ErrMultipleRecords, "example.com include:in.example.com", 1, 0, ""}},
		{"no record is permerror", outer + `in TXT "hello"`, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:in.example.com", 1, 0, ""}},
		{"no such name is permerror and void", outer, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:in.example.com", 1, 1, ""}},
		{"no TXT record is permerror and void", outer + `in A 192.0.2.1`, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:in.example.com", 1, 1, ""}},
		{"a name that cannot exist is permerror", `@ TXT "v=spf1 include:a..example.com -all"`, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:a..example.com", 1, 0, ""}},
		{"a single label is permerror", `@ TXT "v=spf1 include:%{d1} -all"`, spf.Query{},
			verdict{spf.PermError, spf.ErrIncludeNone, "example.com include:%{d1}", 1, 0, ""}},
		{"the include's qualifier counts", "@ TXT \"v=spf1 -include:in.example.com +all\"\nin TXT \"v=spf1 +all\"", spf.Query{},
			verdict{spf.Fail, nil, "example.com -include:in.example.com > in.example.com +all", 1, 0, ""}},
		{"the domain changes, the sender does not", "@ TXT \"v=spf1 include:in.example.com -all\"\n" +
			"in TXT \"v=spf1 exists:%{d}.%{o} a -all\"\nin A 192.0.2.1", spf.Query{},
			verdict{spf.Pass, nil, "example.com include:in.example.com > in.example.com a", 3, 1, ""}},
		{"itself", `@ TXT "v=spf1 include:example.com -all"`, spf.Query{},
			verdict{spf.PermError, spf.ErrLookupLimit, strings.Repeat(" > example.com include:example.com", 11)[3:], 11, 0, ""}},
	})
}

// TestRedirect follows RFC 7208, Sections 5.1 and 6.1.
func TestRedirect(t *testing.T) {
	t.Parallel()
	const outer = `@ TXT "v=spf1 redirect=to.example.com ip4:192.0.2.9"` + "\n"
	runCases(t, []checkCase{
		{"decides where nothing matched", outer + `to TXT "v=spf1 a ~all"`, spf.Query{},
			verdict{spf.SoftFail, nil, "example.com redirect=to.example.com > to.example.com ~all", 2, 1, ""}},
		{"not used where something matched", outer, spf.Query{IP: netip.MustParseAddr("192.0.2.9")},
			verdict{spf.Pass, nil, "example.com ip4:192.0.2.9", 0, 0, ""}},
		{"neutral of the target", outer + `to TXT "v=spf1"`, spf.Query{},
			verdict{spf.Neutral, nil, "example.com redirect=to.example.com", 1, 0, ""}},
		{"ignored with all behind it", `@ TXT "v=spf1 redirect=to.example.com ?all"`, spf.Query{},
			verdict{spf.Neutral, nil, "example.com ?all", 0, 0, ""}},
		{"no record is permerror", outer + `to TXT "hello"`, spf.Query{},
			verdict{spf.PermError, spf.ErrRedirectNone, "example.com redirect=to.example.com", 1, 0, ""}},
		{"no such name is permerror", outer, spf.Query{},
			verdict{spf.PermError, spf.ErrRedirectNone, "example.com redirect=to.example.com", 1, 1, ""}},
		{"a name that cannot exist is permerror", `@ TXT "v=spf1 redirect=a..example.com"`, spf.Query{},
			verdict{spf.PermError, spf.ErrRedirectNone, "example.com redirect=a..example.com", 1, 0, ""}},
		{"temperror stays", outer + ";! TIMEOUT to.example.com. TXT", spf.Query{},
			verdict{spf.TempError, lookup.ErrTimeout, "example.com redirect=to.example.com", 1, 0, ""}},
		{"broken target", outer + `to TXT "v=spf1 -all moo"`, spf.Query{},
			verdict{spf.PermError, spf.ErrUnknownMechanism, "example.com redirect=to.example.com", 1, 0, ""}},
		{"inside an include", "@ TXT \"v=spf1 include:in.example.com -all\"\nin TXT \"v=spf1 redirect=to.example.com\"\nto TXT \"v=spf1 +all\"", spf.Query{},
			verdict{spf.Pass, nil, "example.com include:in.example.com > in.example.com redirect=to.example.com > to.example.com +all", 2, 0, ""}},
	})
}

// TestExplanation follows RFC 7208, Section 6.2.
func TestExplanation(t *testing.T) {
	t.Parallel()
	const outer = `@ TXT "v=spf1 -all exp=why.example.com"` + "\n"
	fail := func(explanation string) verdict {
		return verdict{spf.Fail, nil, "example.com -all", 0, 0, explanation}
	}
	at := spf.Query{At: time.Unix(1400000000, 0), Receiver: "mx.example.net"}
	runCases(t, []checkCase{
		{"text", outer + `why TXT "not " "from" " here"`, spf.Query{}, fail("not from here")},
		{"macros", outer + `why TXT "%{c} for %{s} at %{r}, %{t}: http://%{d}/?i=%{I}%%"`, at,
			fail("192.0.2.1 for user@example.com at mx.example.net, 1400000000: http://example.com/?i=192.0.2.1%")},
		{"no record", outer, spf.Query{}, fail("")},
		{"other type", outer + `why A 192.0.2.1`, spf.Query{}, fail("")},
		{"failure", outer + `;! SERVFAIL why.example.com. TXT`, spf.Query{}, fail("")},
		{"two records", outer + "why TXT \"a\"\nwhy TXT \"b\"", spf.Query{}, fail("")},
		{"syntax error", outer + `why TXT "100% sure"`, spf.Query{}, fail("")},
		{"not ASCII", outer + `why TXT "na\195\175ve"`, spf.Query{}, fail("")},
		{"control character", outer + `why TXT "a\013\010b"`, spf.Query{}, fail("")},
		{"macro that brings octets outside ASCII", outer + `why TXT "%{l} may not"`, spf.Query{Sender: "m\u00fcller@example.com"}, fail("")},
		{"macro that brings control characters", outer + `why TXT "HELO %{h}"`, spf.Query{Sender: "a@example.com", Helo: "a\r\nb"}, fail("")},
		{"such octets escaped", outer + `why TXT "%{L} may not"`, spf.Query{Sender: "m\u00fcller@example.com"}, fail("m%C3%BCller may not")},
		{"impossible name", `@ TXT "v=spf1 -all exp=a..example.com"`, spf.Query{}, fail("")},
		{"empty text", outer + `why TXT ""`, spf.Query{}, fail("")},
		{"not for softfail", "@ TXT \"v=spf1 ~all exp=why.example.com\"\nwhy TXT \"x\"", spf.Query{},
			verdict{spf.SoftFail, nil, "example.com ~all", 0, 0, ""}},
		{"not that of an included record", "@ TXT \"v=spf1 -include:in.example.com\"\nin TXT \"v=spf1 +all exp=why.example.com\"\nwhy TXT \"x\"", spf.Query{},
			verdict{spf.Fail, nil, "example.com -include:in.example.com > in.example.com +all", 1, 0, ""}},
		{"that of the redirect's target, for its domain", "@ TXT \"v=spf1 redirect=to.example.com exp=no.example.com\"\nno TXT \"no\"\n" +
			"to TXT \"v=spf1 -all exp=why.example.com\"\nwhy TXT \"says %{d}\"", spf.Query{},
			verdict{spf.Fail, nil, "example.com redirect=to.example.com > to.example.com -all", 1, 0, "says to.example.com"}},
		{"none where the redirect's target has none", "@ TXT \"v=spf1 redirect=to.example.com exp=why.example.com\"\nwhy TXT \"x\"\nto TXT \"v=spf1 -all\"", spf.Query{},
			verdict{spf.Fail, nil, "example.com redirect=to.example.com > to.example.com -all", 1, 0, ""}},
	})
}

// TestFailure has what a Reason says and what errors.Is finds in it.
func TestFailure(t *testing.T) {
	t.Parallel()
	z := zone(t, "@ TXT \"v=spf1 a:x.example.com -all\"\n;! REFUSED x.example.com. A")
	got := spf.Check(t.Context(), z, spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Sender: "a@example.com"})
	var failure *spf.Failure
	var unanswered *lookup.Error
	if !errors.As(got.Reason, &failure) || !errors.As(got.Reason, &unanswered) {
		t.Fatalf("reason %v", got.Reason)
	}
	if want := "example.com: a:x.example.com: A x.example.com: refused"; failure.Error() != want {
		t.Errorf("got %q, want %q", failure, want)
	}
	none := spf.Check(t.Context(), z, spf.Query{Domain: "gone.example.com"})
	if want := "gone.example.com: the domain does not exist"; none.Reason.Error() != want {
		t.Errorf("got %q, want %q", none.Reason, want)
	}
	if got.Record == nil || got.Record.String() != "v=spf1 a:x.example.com -all" || none.Record != nil {
		t.Errorf("records %v, %v", got.Record, none.Record)
	}
}

// TestCanceled ends an evaluation in the middle: what is unknown is temperror.
func TestCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := cancelAfter{zone(t, `@ TXT "v=spf1 a mx -all"`), lookup.TypeTXT, cancel}
	got := spf.Check(ctx, lookup.NewCache(r, 0), spf.Query{IP: netip.MustParseAddr("192.0.2.1"), Domain: "example.com"})
	if got.Status != spf.TempError || !errors.Is(got.Reason, lookup.ErrCanceled) {
		t.Errorf("got %s, %v", got.Status, got.Reason)
	}
}

// cancelAfter cancels the run with the first answer of a type and then waits for
// ever, as a server that does not answer.
type cancelAfter struct {
	lookup.Resolver
	typ    lookup.Type
	cancel context.CancelFunc
}

func (r cancelAfter) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	if typ == r.typ {
		defer r.cancel()
		return r.Resolver.Query(ctx, name, typ)
	}
	<-ctx.Done()
	return lookup.Answer{}, &lookup.Error{Question: lookup.Question{Name: name, Type: typ}, Reason: lookup.ErrCanceled}
}
