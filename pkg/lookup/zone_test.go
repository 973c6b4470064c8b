package lookup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authcheck/authcheck/pkg/internal/suites"
)

// ask sends a question such as "TXT a.example" and returns the outcome in one
// line: the chain, each name after ">", then the data with "|" between records,
// "-" for no data, NXDOMAIN, or the reason of a failure with its detail.
func ask(t testing.TB, r Resolver, question string) string {
	t.Helper()
	word, name, _ := strings.Cut(question, " ")
	typ, ok := parseType(token{text: word})
	if !ok {
		t.Fatalf("no type in %q", question)
	}
	name, err := Canonical(name)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := r.Query(context.Background(), name, typ)
	return outcomeLine(t, Question{name, typ}, answer, err)
}

func outcomeLine(t testing.TB, q Question, answer Answer, err error) string {
	t.Helper()
	var b strings.Builder
	for _, target := range answer.Chain {
		b.WriteString("> " + target + " ")
	}
	var failed *Error
	switch {
	case errors.As(err, &failed):
		if failed.Question != q {
			t.Errorf("%v: error for another question: %v", q, failed)
		}
		_, line, _ := strings.Cut(failed.Error(), ": ")
		return line
	case err != nil:
		t.Errorf("%v: not an *Error: %v", q, err)
	case answer.NXDomain:
		return b.String() + "NXDOMAIN"
	case len(answer.Records) == 0:
		return b.String() + "-"
	}
	data := make([]string, len(answer.Records))
	for i, r := range answer.Records {
		if owner := answer.Owner(q.Name); r.Name != owner {
			t.Errorf("%v: record of %q, not of %q", q, r.Name, owner)
		}
		data[i] = r.text()
	}
	return b.String() + strings.Join(data, "|")
}

// askAll compares the outcomes of questions with those wanted, given as lines
// "question = outcome".
func askAll(t *testing.T, r Resolver, table string) {
	t.Helper()
	for line := range strings.Lines(table) {
		question, want, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			continue
		}
		if got := ask(t, r, question); got != want {
			t.Errorf("%s\n got %s\nwant %s", question, got, want)
		}
	}
}

func parsed(t testing.TB, text string) *Zone {
	t.Helper()
	z, err := ParseZone("test.zone", text)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestZoneAuthority(t *testing.T) {
	t.Parallel()
	// The cases of RFC 4592, Section 2.2.1, then aliases and deeper cuts.
	z := parsed(t, `$ORIGIN example.
@             SOA   ns hostmaster 1 2 3 4 5
@             NS    ns.example.com.
@             NS    ns.example.net.
*             TXT   "wild"
*             MX    10 host1
sub.*         TXT   "not wild"
host1         A     192.0.2.1
_ssh._tcp.host1 SRV 1 0 22 host1
_ssh._tcp.host2 SRV 1 0 22 host2
subdel        NS    ns.example.com.
glue.subdel   A     192.0.2.53
own.subdel    SOA   ns hostmaster 1 2 3 4 5
own.subdel    TXT   "deeper"
*.alias       CNAME host1
*.lost        CNAME nowhere.host1
out           CNAME www.elsewhere.
in            CNAME host1
here          CNAME there
there         CNAME here
moved         DNAME new
`)
	askAll(t, z, `
		MX host3.example = 10 host1.example.
		A host3.example = -
		TXT foo.bar.example = wild
		TXT *.example = wild
		MX host1.example = -
		MX sub.*.example = -
		TXT sub.*.example = not wild
		TXT ghost.*.example = NXDOMAIN
		TXT _telnet._tcp.host1.example = NXDOMAIN
		TXT host2.example = -
		TXT _tcp.host2.example = -
		TXT x.host2.example = NXDOMAIN
		MX host.subdel.example = no offline data
		TXT subdel.example = no offline data
		NS subdel.example = ns.example.com.
		A glue.subdel.example = 192.0.2.53
		TXT glue.subdel.example = no offline data
		TXT own.subdel.example = deeper
		TXT x.own.subdel.example = NXDOMAIN
		A x.alias.example = > host1.example 192.0.2.1
		TXT alias.example = -
		A x.lost.example = > nowhere.host1.example NXDOMAIN
		A out.example = no offline data (alias of www.elsewhere)
		A in.example = > host1.example 192.0.2.1
		MX in.example = > host1.example -
		CNAME in.example = host1.example.
		A here.example = cname loop (at here.example)
		A moved.example = -
		A x.moved.example = no offline data
		A host1.other = no offline data
		A . = no offline data
	`)
	answer, err := z.Query(context.Background(), "x.y.example", TypeTXT)
	if err != nil || answer.Records[0].Source.Subject != "TXT *.example" {
		t.Errorf("the subject is not the wildcard: %+v, %v", answer, err)
	}
}

func TestZoneWithoutAuthority(t *testing.T) {
	t.Parallel()
	z := parsed(t, `
a.example. TXT "data"
a.example. SPF "old"
*.example. TXT "wild"
b.example. CNAME a.example.
`)
	askAll(t, z, `
		TXT a.example = data
		SPF a.example = old
		MX a.example = no offline data
		TXT c.example = no offline data
		TXT b.example = > a.example data
		MX b.example = no offline data (alias of a.example)
	`)
	_, err := z.Query(context.Background(), "c.example", TypeTXT)
	if got, want := err.Error(), "TXT c.example: no offline data"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestZoneDirectives(t *testing.T) {
	t.Parallel()
	z := parsed(t, `;! AUTHORITATIVE .
;! SERVFAIL a.example. TXT
a.example. 60 A 192.0.2.1
a.example. 60 TXT "outranked"
;! TIMEOUT  b.example *
b.example. MX 0 .
;! REFUSED  REFUSED.example.  AAAA
;! RCODE c.example A
;! NETWORK c.example MX
;! MALFORMED c.example TXT
;! TRUNCATED c.example NS
;! REFERRAL c.example PTR
;! LOOP c.example TYPE257
;! NODATA  sub.empty.example. MX
;! NODATA  all.example. *
;! NXDOMAIN gone.example.
gone.example. A 192.0.2.2
;! NXDOMAIN half.example. TXT
half.example. A 192.0.2.3
;! ALIAS odd.example. A a.example.
;! ALIAS odd.example. TXT b.example.
*.example. TXT "wild"
d.example. NS ns.elsewhere.
`)
	askAll(t, z, `
		TXT a.example = servfail
		A a.example = 192.0.2.1
		MX a.example = -
		TXT b.example = timeout
		MX b.example = 0 .
		AAAA refused.example = refused
		A c.example = unexpected rcode
		MX c.example = network error
		TXT c.example = malformed answer
		NS c.example = truncated, no TCP
		PTR c.example = referral
		CAA c.example = cname loop
		MX sub.empty.example = -
		TXT sub.empty.example = -
		TXT empty.example = -
		SOA all.example = -
		TXT gone.example = NXDOMAIN
		A gone.example = 192.0.2.2
		TXT half.example = NXDOMAIN
		AAAA half.example = -
		A odd.example = > a.example 192.0.2.1
		TXT odd.example = timeout (alias of b.example)
		MX odd.example = -
		TXT new.example = wild
		A new.example = -
		A x.d.example = NXDOMAIN
		A elsewhere = NXDOMAIN
		A . = -
	`)
}

func TestZoneRecordingGrantsNoAuthority(t *testing.T) {
	t.Parallel()
	askAll(t, parsed(t, `;! RECORDING 2026-11-21T17:00:00Z "odd (text) \
example. SOA ns hostmaster 1 2 3 4 5
`), `
		TXT x.example = no offline data
		SOA example = ns. hostmaster. 1 2 3 4 5
	`)
}

func TestZoneFail(t *testing.T) {
	t.Parallel()
	z := parsed(t, "a.example. TXT x\nb.example. CNAME a.example.\n")
	z.Fail("a.example", TypeTXT, ErrTimeout)
	z.Fail("c.example", TypeA, &Error{Reason: ErrServFail, Detail: "why", Server: "udp://192.0.2.53"})
	askAll(t, z, `
		TXT a.example = timeout
		TXT b.example = timeout (alias of a.example)
		A c.example = servfail (why)
	`)
}

func TestZoneLongChain(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range maxChain + 1 {
		b.WriteString(strings.Repeat("x", i+1) + ". CNAME " + strings.Repeat("x", i+2) + ".\n")
	}
	b.WriteString(strings.Repeat("x", maxChain+2) + ". A 192.0.2.1\n")
	z := parsed(t, b.String())
	if got := ask(t, z, "A xx"); !strings.HasSuffix(got, " 192.0.2.1") {
		t.Errorf("%d aliases: %s", maxChain, got)
	}
	if got := ask(t, z, "A x"); !strings.HasPrefix(got, "cname loop") {
		t.Errorf("%d aliases: %s", maxChain+1, got)
	}
}

func TestReadZone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for path, text := range map[string]string{
		one: "$ORIGIN example.\n@ SOA ns h 1 2 3 4 5\na 60 TXT same\nb CNAME c\n",
		two: "a.example. 90 TXT same\nc.example. A 192.0.2.1\n;! RECORDING\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := ReadZone(one, two)
	if want := two + `:3:4: found "RECORDING", expected RECORDING in the first line only`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := ReadZone(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(two, []byte("a.example. 90 TXT same\nc.example. A 192.0.2.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	z, err := ReadZone(one, two)
	if err != nil {
		t.Fatal(err)
	}
	askAll(t, z, `
		TXT a.example = same
		A b.example = > c.example 192.0.2.1
		A d.example = NXDOMAIN
	`)
}

// TestZoneSuites loads every zone file of the conformance suites.
func TestZoneSuites(t *testing.T) {
	t.Parallel()
	dir := suites.Dir(t)
	total := 0
	for _, pattern := range []string{"spf/rfc7208-zones/*.zone", "dkim/*/*.zone", "arc/*/*.zone"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			total++
			if _, err := ReadZone(file); err != nil {
				t.Error(err)
			}
		}
	}
	t.Logf("%d zone files", total)
}
