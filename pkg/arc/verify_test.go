package arc_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/arc"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/lookup"
)

func bigInt(n int) *big.Int { return big.NewInt(int64(n)) }

// zone publishes the keys of handlers.
func zone(t *testing.T, handlers ...handler) *lookup.Zone {
	t.Helper()
	text := ";! AUTHORITATIVE .\n$ORIGIN .\n$TTL 300\n"
	for _, h := range handlers {
		domain, err := lookup.FromUser(h.domain)
		if err != nil {
			t.Fatal(err)
		}
		record := h.record()
		text += fmt.Sprintf("s1._domainkey.%s. TXT %q %q\n", strings.TrimSuffix(domain, "."), record[:len(record)/2], record[len(record)/2:])
	}
	z, err := lookup.ParseZone("keys.zone", text)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// list and forwarder are the handlers of most tests and of the examples.
var list, forwarder = newHandler("list.example.com"), newHandler("forwarder.example.com")

// verdict is what tables compare of a chain.
type verdict struct {
	Status     arc.Status
	Instance   int
	OldestPass int
}

var chains = []struct {
	name   string
	make   func(t testing.TB, m *mail)
	want   verdict
	reason error
}{
	{"no chain", func(testing.TB, *mail) {}, verdict{Status: arc.None}, nil},
	{"one set", func(t testing.TB, m *mail) { m.seal(t, list, set{}) }, verdict{Status: arc.Pass}, nil},
	{"two sets", func(t testing.TB, m *mail) { m.seal(t, list, set{}); m.seal(t, forwarder, set{}) }, verdict{Status: arc.Pass}, nil},
	{"changed between the sets", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.body += "--\r\nlist footer\r\n"
		m.seal(t, forwarder, set{})
		m.seal(t, forwarder, set{})
	}, verdict{arc.Pass, 0, 2}, nil},
	{"changed after the last set", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.body += "footer\r\n"
	}, verdict{arc.Fail, 1, 0}, arc.ErrMessageSignature},
	{"subject changed", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.header[2] = "Subject: [list] Lunch"
	}, verdict{arc.Fail, 1, 0}, dkim.ErrSignature},
	{"claims changed in the first set", func(t testing.TB, m *mail) {
		m.seal(t, list, set{results: "dmarc=fail"})
		m.seal(t, forwarder, set{})
		m.sets[0][0] = strings.Replace(m.sets[0][0], "fail", "pass", 1)
	}, verdict{arc.Fail, 2, 0}, arc.ErrSeal},
	{"the newest set in the middle of the header", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{})
		m.sets[0], m.sets[1] = m.sets[1], m.sets[0]
	}, verdict{Status: arc.Pass}, nil},
	{"fifty sets", func(t testing.TB, m *mail) {
		for range 50 {
			m.seal(t, list, set{})
		}
	}, verdict{Status: arc.Pass}, nil},
	{"fifty-one sets", func(t testing.TB, m *mail) {
		for range 51 {
			m.seal(t, list, set{})
		}
	}, verdict{Status: arc.Fail}, arc.ErrTooMany},
	{"only instance 51", func(t testing.TB, m *mail) { m.seal(t, list, set{instance: 51}) }, verdict{Status: arc.Fail}, arc.ErrInstance},
	{"starts with two", func(t testing.TB, m *mail) { m.seal(t, list, set{instance: 2}) }, verdict{arc.Fail, 1, 0}, arc.ErrGap},
	{"one is missing", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, list, set{instance: 3})
	}, verdict{arc.Fail, 2, 0}, arc.ErrGap},
	{"no claims", func(t testing.TB, m *mail) { m.seal(t, list, set{}); m.sets[0][0] = "" }, verdict{arc.Fail, 1, 0}, arc.ErrIncomplete},
	{"no signature", func(t testing.TB, m *mail) { m.seal(t, list, set{}); m.sets[0][1] = "" }, verdict{arc.Fail, 1, 0}, arc.ErrIncomplete},
	{"no seal", func(t testing.TB, m *mail) { m.seal(t, list, set{}); m.sets[0][2] = "" }, verdict{arc.Fail, 1, 0}, arc.ErrIncomplete},
	{"a set twice", func(t testing.TB, m *mail) { m.seal(t, list, set{}); m.sets = append(m.sets, m.sets[0]) }, verdict{arc.Fail, 1, 0}, arc.ErrDuplicate},
	{"first says pass", func(t testing.TB, m *mail) { m.seal(t, list, set{cv: "pass"}) }, verdict{arc.Fail, 1, 0}, arc.ErrValidation},
	{"second says none", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, list, set{cv: "none"})
	}, verdict{arc.Fail, 2, 0}, arc.ErrValidation},
	{"second says Pass", func(t testing.TB, m *mail) {
		m.seal(t, list, set{})
		m.seal(t, list, set{cv: "Pass"})
	}, verdict{arc.Fail, 2, 0}, arc.ErrValidation},
	{"the last says fail, whatever is below", func(t testing.TB, m *mail) {
		m.seal(t, list, set{instance: 3})
		m.seal(t, list, set{instance: 7, cv: "fail"})
	}, verdict{arc.Fail, 7, 0}, arc.ErrBroken},
	{"h= in the seal", func(t testing.TB, m *mail) { m.seal(t, list, set{seal: " h=From;"}) }, verdict{arc.Fail, 1, 0}, arc.ErrSealNames},
	{"c= in the seal changes nothing", func(t testing.TB, m *mail) { m.seal(t, list, set{seal: " c=simple/simple;"}) }, verdict{Status: arc.Pass}, nil},
	{"v= is ignored", func(t testing.TB, m *mail) { m.seal(t, list, set{message: " v=9; c=relaxed/relaxed;"}) }, verdict{Status: arc.Pass}, nil},
	{"relaxed without c=", func(t testing.TB, m *mail) { m.seal(t, list, set{message: " t=1772452800;"}) }, verdict{Status: arc.Pass}, nil},
	{"rsa-sha1", func(t testing.TB, m *mail) { m.seal(t, list, set{algorithm: "rsa-sha1"}) }, verdict{arc.Fail, 1, 0}, dkim.ErrSHA1},
	{"no key", func(t testing.TB, m *mail) { m.seal(t, newHandler("nobody.example.com"), set{}) }, verdict{arc.Fail, 1, 0}, dkim.ErrNoRecord},
	{"name with umlaut", func(t testing.TB, m *mail) { m.seal(t, newHandler("b\u00fccher.example.com"), set{}) }, verdict{Status: arc.Pass}, nil},
}

func TestVerify(t *testing.T) {
	t.Parallel()
	keys := zone(t, list, forwarder, newHandler("b\u00fccher.example.com"))
	for _, tt := range chains {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMail()
			tt.make(t, m)
			c := arc.Verify(t.Context(), keys, read(t, m.String()), arc.Options{})
			if diff := cmp.Diff(tt.want, verdict{c.Status, c.Instance, c.OldestPass}); diff != "" {
				t.Errorf("%v\n%s", c.Reason, diff)
			}
			if !errors.Is(c.Reason, tt.reason) {
				t.Errorf("%v, want %v", c.Reason, tt.reason)
			}
		})
	}
}

// TestInstances replaces the number of one field of a chain that is in order.
func TestInstances(t *testing.T) {
	t.Parallel()
	keys := zone(t, list)
	for kind := range 3 {
		for _, number := range []string{"", "0", "01", "+1", "-1", "1a", "1.0", " ", "51", "1000", "99999999999999999999", "\u0661", `"1"`} {
			t.Run(fmt.Sprintf("%v %q", arc.Kind(kind), number), func(t *testing.T) {
				t.Parallel()
				m := newMail()
				m.seal(t, list, set{})
				m.sets[0][kind] = strings.Replace(m.sets[0][kind], "i=1;", "i="+number+";", 1)
				c := arc.Verify(t.Context(), keys, read(t, m.String()), arc.Options{})
				if c.Status != arc.Fail || !errors.Is(c.Reason, arc.ErrInstance) || len(c.Faults) != 1 {
					t.Errorf("%s: %v", c.Status, c.Faults)
				}
			})
		}
	}
}

// TestEvidence looks at everything that is known of a chain of two sets.
func TestEvidence(t *testing.T) {
	t.Parallel()
	m := newMail()
	m.seal(t, list, set{results: "dkim=pass header.d=example.com"})
	m.header[2] = "Subject: [list] Lunch"
	m.seal(t, forwarder, set{})
	c := arc.Verify(t.Context(), zone(t, list, forwarder), read(t, m.String()), arc.Options{})
	type row struct {
		Instance                          int
		Domain, Selector, Algorithm, CV   string
		ServiceID, Claim                  string
		Message, Seal, BodyHash, Headline string
	}
	want := []row{
		{1, "list.example.com", "s1", "ed25519-sha256", "none", "mx.list.example.com", "dkim=pass header.d=example.com", "fail", "pass", "pass", "fail"},
		{2, "forwarder.example.com", "s1", "ed25519-sha256", "pass", "mx.forwarder.example.com", "spf=pass smtp.mailfrom=example.com", "pass", "pass", "pass", "pass"},
	}
	var got []row
	for _, s := range c.Sets {
		got = append(got, row{
			s.Instance, s.Seal.Domain, s.Seal.Selector, s.Seal.Algorithm, s.Validation(), s.Results.ID.Text, s.Results.Claims[0].Span.Text(),
			string(s.MessageResult.Status), string(s.SealResult.Status), string(s.MessageResult.BodyHash), string(s.MessageResult.Header),
		})
	}
	if diff := cmp.Diff(want, got); diff != "" || c.OldestPass != 2 {
		t.Errorf("oldest-pass=%d\n%s", c.OldestPass, diff)
	}
}

// asked counts questions.
type asked struct {
	sync.Mutex
	lookup.Resolver
	names []string
}

func (a *asked) Query(ctx context.Context, name string, typ lookup.Type) (lookup.Answer, error) {
	a.Lock()
	a.names = append(a.names, name)
	a.Unlock()
	return a.Resolver.Query(ctx, name, typ)
}

// TestQuestions asks for each key once, and for none where no signature counts.
func TestQuestions(t *testing.T) {
	t.Parallel()
	m := newMail()
	for range 4 {
		m.seal(t, list, set{})
		m.seal(t, forwarder, set{})
	}
	r := &asked{Resolver: zone(t, list, forwarder)}
	if c := arc.Verify(t.Context(), r, read(t, m.String()), arc.Options{}); c.Status != arc.Pass || len(r.names) != 2 {
		t.Errorf("%s, asked for %v", c.Status, r.names)
	}
	m.seal(t, list, set{cv: "fail"})
	r.names = nil
	if c := arc.Verify(t.Context(), r, read(t, m.String()), arc.Options{}); c.Status != arc.Fail || len(r.names) != 0 {
		t.Errorf("%s, asked for %v", c.Status, r.names)
	}
}

// TestNoAnswer fails the chain when any key cannot be asked for (RFC 8617, Section
// 5.2.1), and finds no fault for that reason.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for _, dead := range []handler{list, forwarder} {
		t.Run(dead.domain, func(t *testing.T) {
			t.Parallel()
			m := newMail()
			m.seal(t, list, set{})
			m.seal(t, forwarder, set{})
			keys := zone(t, list, forwarder)
			keys.Fail("s1._domainkey."+dead.domain, lookup.TypeTXT, lookup.ErrTimeout)
			c := arc.Verify(t.Context(), keys, read(t, m.String()), arc.Options{})
			if c.Status != arc.Fail || !errors.Is(c.Reason, lookup.ErrTimeout) {
				t.Errorf("%s: %v", c.Status, c.Reason)
			}
			if found := fired(c); !slices.Equal(found, []string{"arc-historic"}) {
				t.Errorf("findings: %v", found)
			}
			// What is certain goes first.
			m.sets[0][0] += " "
			m.sets[0][0] = strings.Replace(m.sets[0][0], "pass", "fail", 1)
			c = arc.Verify(t.Context(), keys, read(t, m.String()), arc.Options{})
			if errors.Is(c.Reason, lookup.ErrTimeout) {
				t.Errorf("%s: %v", c.Status, c.Reason)
			}
		})
	}
}

// TestOptions judges with RSA keys, their length and the time.
func TestOptions(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	h := handler{"rsa.example.com", key}
	m := newMail()
	m.seal(t, h, set{message: " c=relaxed/relaxed; t=1772452800; x=1772539200;"})
	text, keys := m.String(), zone(t, h)
	for _, tt := range []struct {
		name   string
		o      arc.Options
		reason error
	}{
		{"as the standards demand", arc.Options{}, nil},
		{"in time", arc.Options{At: time.Unix(1772539200, 0)}, nil},
		{"too late", arc.Options{At: time.Unix(1772539201, 0)}, dkim.ErrExpired},
		{"short key", arc.Options{MinBits: 2048}, dkim.ErrMinBits},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := arc.Verify(t.Context(), keys, read(t, text), tt.o)
			if !errors.Is(c.Reason, tt.reason) || (c.Status == arc.Pass) != (tt.reason == nil) {
				t.Errorf("%s: %v", c.Status, c.Reason)
			}
		})
	}
}
