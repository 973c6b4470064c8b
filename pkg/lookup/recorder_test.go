package lookup

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scripted is a resolver that says whatever a test wants, also what no sane
// server says.
type scripted map[Question]Reply

func (r scripted) Query(_ context.Context, name string, typ Type) (Answer, error) {
	q := Question{name, typ}
	reply, ok := r[q]
	if !ok {
		return Answer{}, &Error{Question: q, Reason: ErrOffline}
	}
	if reply.Err != nil {
		return reply.Answer, &Error{Question: q, Reason: reply.Err, Server: "udp://192.0.2.53"}
	}
	return reply.Answer, nil
}

func (r scripted) add(name string, typ Type, answer Answer, err error) {
	q := Question{name, typ}
	for i := range answer.Records {
		answer.Records[i].Name, answer.Records[i].Type = answer.Owner(name), typ
	}
	r[q] = Reply{Question: q, Answer: answer, Err: err}
}

func textRecords(strings ...string) []Record { return []Record{{TTL: 60, Strings: strings}} }

// oddReplies has every kind of outcome, and the conflicts between them.
func oddReplies() scripted {
	r := make(scripted)
	r.add("", TypeNS, Answer{Records: []Record{{TTL: 5, Host: "a.root"}}}, nil)
	r.add("data.example", TypeTXT, Answer{Records: textRecords("a\"\\\x00\xff", "", "b")}, nil)
	r.add("data.example", TypeMX, Answer{}, nil)
	r.add("data.example", TypeA, Answer{}, ErrServFail)
	r.add("data.example", TypeAAAA, Answer{NXDomain: true}, nil)
	r.add("data.example", TypeSOA, Answer{Records: []Record{{TTL: 9, Data: "ns. h. 1 2 3 4 5"}}}, nil)
	r.add("gone.example", TypeTXT, Answer{NXDomain: true}, nil)
	r.add("gone.example", TypeMX, Answer{NXDomain: true}, nil)
	r.add("a\\.b.example", TypeTXT, Answer{Records: textRecords("")}, nil)
	r.add("*.example", TypeTXT, Answer{Records: textRecords("wild")}, nil)
	for i, f := range failureWords {
		r.add("failing.example", Type(1000+i), Answer{}, f.reason)
	}
	r.add("alias.example", TypeTXT, Answer{Chain: []string{"one.example", "two.example"}, Records: textRecords("end")}, nil)
	r.add("alias.example", TypeMX, Answer{Chain: []string{"one.example", "two.example"}}, nil)
	r.add("alias.example", TypeA, Answer{Chain: []string{"one.example", "two.example"}, NXDomain: true}, nil)
	r.add("alias.example", TypeAAAA, Answer{Chain: []string{"cdn.example"},
		Records: []Record{{TTL: 1, Addr: netip.MustParseAddr("2001:db8::1")}, {TTL: 2, Addr: netip.MustParseAddr("2001:db8::2")}}}, nil)
	r.add("alias.example", TypeNS, Answer{}, ErrTimeout) // a failure after the chain
	r.add("alias.example", TypePTR, Answer{Records: []Record{{TTL: 3, Host: "no-alias.example"}}}, nil)
	r.add("known.example", TypeCNAME, Answer{Records: []Record{{TTL: 77, Host: "one.example"}}}, nil)
	r.add("known.example", TypeTXT, Answer{Chain: []string{"one.example", "two.example"}, Records: textRecords("end")}, nil)
	r.add("known.example", TypeMX, Answer{Chain: []string{""}}, nil)
	r.add("hidden.example", TypeCNAME, Answer{}, nil)
	r.add("hidden.example", TypeTXT, Answer{Chain: []string{"lost.example"}, NXDomain: true}, nil)
	r.add("lost.example", TypeMX, Answer{Records: []Record{{TTL: 8, Host: ""}, {TTL: 8, Preference: 10, Host: "m.example"}}}, nil)
	return r
}

func recordingOf(t *testing.T, r scripted) string {
	t.Helper()
	rec := NewRecorder(r, time.Date(2026, 11, 21, 18, 0, 0, 0, time.FixedZone("", 3600)), "udp://192.0.2.53\ntls://x")
	for q, reply := range r {
		answer, err := rec.Query(context.Background(), q.Name, q.Type)
		if !errors.Is(err, reply.Err) || len(answer.Records) != len(reply.Answer.Records) {
			t.Errorf("%v: the recorder changed the outcome: %+v, %v", q, answer, err)
		}
	}
	var b strings.Builder
	n, err := rec.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Errorf("wrote %d of %d octets, %v", n, b.Len(), err)
	}
	return b.String()
}

func TestRecorderReplay(t *testing.T) {
	t.Parallel()
	said := oddReplies()
	recording := recordingOf(t, said)
	if again := recordingOf(t, said); again != recording {
		t.Errorf("not deterministic:\n%s\n%s", recording, again)
	}
	z := parsed(t, recording)
	for q, want := range said {
		answer, err := z.Query(context.Background(), q.Name, q.Type)
		if !errors.Is(err, want.Err) {
			t.Errorf("%v: %v, want %v", q, err, want.Err)
		}
		for i := range answer.Records {
			answer.Records[i].Source = nil
		}
		if diff := cmp.Diff(want.Answer, answer, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%v: %s", q, diff)
		}
	}
	askAll(t, z, `
		SRV data.example = no offline data
		TXT x.example = no offline data
		TXT x.data.example = no offline data
		TXT m.example = no offline data
		SRV failing.example = no offline data
		SRV hidden.example = no offline data
	`)
	if t.Failed() {
		t.Log(recording)
	}
}

func TestRecorderText(t *testing.T) {
	t.Parallel()
	r := make(scripted)
	r.add("b.example", TypeTXT, Answer{Records: textRecords("v=x", `"`)}, nil)
	r.add("b.example", TypeMX, Answer{}, nil)
	r.add("a.example", TypeTXT, Answer{Chain: []string{"b.example"}, Records: textRecords("seen through the alias")}, nil)
	r.add("a.example", TypeA, Answer{Chain: []string{"c.example"}, NXDomain: true}, nil)
	r.add("d.example", TypeTXT, Answer{}, ErrTimeout)
	r.add("e.example", TypeTXT, Answer{}, ErrCanceled)
	r.add("f.example", TypeTXT, Answer{}, ErrOffline)
	r.add("g.example", TypeTXT, Answer{}, ErrName)
	const want = `;! RECORDING 2026-11-21T17:00:00Z udp://192.0.2.53 tls://x
a.example. 0 IN CNAME c.example.
;! ALIAS a.example. TXT b.example.
;! NODATA b.example. MX
b.example. 60 IN TXT "v=x" "\""
;! NXDOMAIN c.example.
;! TIMEOUT d.example. TXT
`
	if diff := cmp.Diff(want, recordingOf(t, r)); diff != "" {
		t.Error(diff)
	}
}

// TestRecorderOverZone records a zone with everything in it and compares the
// replay with the zone.
func TestRecorderOverZone(t *testing.T) {
	t.Parallel()
	z := parsed(t, `;! SERVFAIL bad.example. *
$ORIGIN example.
@ SOA ns h 1 2 3 4 5
@ MX 0 .
@ TXT "long `+strings.Repeat("x", 300)+`"
* TXT "wild"
a CNAME b
b CNAME c
b2 CNAME nowhere.b2
c A 192.0.2.1
c CAA 0 issue "x"
l1 CNAME l2
l2 CNAME l1
out CNAME elsewhere.
`)
	rec := NewRecorder(z, time.Time{}, "")
	var questions []Question
	for _, name := range []string{"example", "a.example", "b.example", "b2.example", "c.example", "x.example",
		"*.example", "bad.example", "l1.example", "l2.example", "x.c.example", "y.z.example"} {
		for _, typ := range []Type{TypeA, TypeCNAME, TypeSOA, TypeMX, TypeTXT, 257} {
			questions = append(questions, Question{name, typ})
		}
	}
	All(context.Background(), rec, questions)
	var b strings.Builder
	if _, err := rec.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	replay := parsed(t, b.String())
	for _, q := range questions {
		question := typeWord(q.Type) + " " + q.Name
		got, _, _ := strings.Cut(ask(t, replay, question), " (")
		if want, _, _ := strings.Cut(ask(t, z, question), " ("); got != want {
			t.Errorf("%v: got %s, want %s", q, got, want)
		}
	}
	if t.Failed() {
		t.Log(b.String())
	}
}
