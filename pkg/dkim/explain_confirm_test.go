package dkim

import (
	"bytes"
	"crypto/sha256"
	"net"
	"strings"
	"testing"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
)

// restored undoes what was explained, by other means than Explain does.
func restored(t testing.TB, text string, res Result, explanations []Explanation) string {
	m := readNamed(t, text)
	body := text[m.BodyOffset:]
	header := text[:m.BodyOffset]
	for _, e := range explanations {
		if len(e.Changes) == 0 && e.Cause != NotThisKey && e.Cause != OtherKey {
			body = restoredBody(t, m, res)
		}
	}
	for _, e := range explanations {
		for _, c := range e.Changes {
			switch {
			case c.Field == nil:
				header = c.Original + header
			default:
				header = strings.Replace(header, c.Field.Raw, c.Original, 1)
			}
		}
	}
	return header + body
}

// restoredBody writes the trial that was found, without what was added at the end.
func restoredBody(t testing.TB, m *message.Message, res Result) string {
	search := newBodySearch(t.Context(), m, &res)
	f := search.find()
	if f == nil {
		t.Fatal("nothing found the second time")
	}
	var out bytes.Buffer
	if _, err := search.write(&out, f.trial); err != nil {
		t.Fatal(err)
	}
	body := out.String()
	if f.footer {
		body = strings.Join(strings.SplitAfter(body, "\n")[:f.kept], "")
	}
	canonical := slowBody(f.form, body)
	if l := res.Signature.Length; l >= 0 && f.whole != anywhere {
		canonical = canonical[:l]
	}
	if sum := sha256.Sum256([]byte(canonical)); !bytes.Equal(sum[:], res.Signature.BodyHash) {
		t.Errorf("%s: the hash of %q is another one", f.cause, canonical)
	}
	return body
}

// confirm verifies what was explained with another engine, where it can.
func confirm(t testing.TB, text string, res Result, explanations []Explanation) {
	t.Helper()
	if res.Signature.Length >= 0 || len(explanations) == 0 {
		return // the other engine refuses l=
	}
	explained := map[bool]bool{}
	for _, e := range explanations {
		switch e.Cause {
		case OtherKey, NotThisKey, OtherForm, OtherLength:
			return // the other engine knows no such thing
		}
		explained[len(e.Changes) > 0] = true
	}
	if explained[true] != (res.Header == Differs) || explained[false] != (res.BodyHash == Differs) {
		return // a half of it
	}
	original := restored(t, text, res, explanations)
	zone := keyZone(t)
	results, err := msgauth.VerifyWithOptions(strings.NewReader(original), &msgauth.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		answer, err := zone.Query(t.Context(), name, lookup.TypeTXT)
		if err != nil || len(answer.Records) == 0 {
			return nil, &net.DNSError{Err: "nothing", Name: name, IsNotFound: true}
		}
		return []string{answer.Records[0].Source.Text}, nil
	}})
	if err != nil || len(results) == 0 || results[0].Err != nil {
		t.Errorf("%+v: go-msgauth does not verify what it should have been: %v %+v\n%s", explanations, err, results[0].Err, original)
	}
}
