package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/authres"
	"github.com/authcheck/authcheck/pkg/dkim"
	"github.com/authcheck/authcheck/pkg/dmarc"
	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/message"
	"github.com/authcheck/authcheck/pkg/report"
	"github.com/authcheck/authcheck/pkg/spf"
)

// mailFacts is what was found out about a message beside what receivers claim in it.
type mailFacts struct {
	report.Results
	ID       string            // authserv-id of the receiver that is believed; empty: none is
	Sealers  []string          // that are trusted; none: nobody said
	Claims   []*authres.Field  // Authentication-Results, top first
	Received *authres.SPFField // the topmost Received-SPF; nil: none
}

// maxClaims is how many Authentication-Results fields are looked at. Each receiver on
// the way adds one or a few.
const maxClaims = 20

// factsOf reads what receivers claim in a message.
func factsOf(r report.Results, q MessageRequest) *mailFacts {
	f := &mailFacts{Results: r, ID: q.AuthservID, Sealers: q.Sealers}
	for _, field := range r.Message.Named("Authentication-Results") {
		if len(f.Claims) == maxClaims {
			break
		}
		f.Claims = append(f.Claims, authres.Parse(r.Message.Source(field, "Authentication-Results")))
	}
	if fields := r.Message.Named("Received-SPF"); len(fields) > 0 {
		f.Received = authres.ParseReceivedSPF(r.Message.Source(fields[0], "Received-SPF"))
	}
	return f
}

// sameName reports whether two texts name one host: U-labels are A-labels (RFC 8601,
// Section 5).
func sameName(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	one, err := lookup.FromUser(a)
	two, failed := lookup.FromUser(b)
	return err == nil && failed == nil && one == two
}

// believed reports whether the field is from the receiver that is believed.
func (f *mailFacts) believed(field *authres.Field) bool {
	return f.ID != "" && sameName(field.ID.Text, f.ID)
}

// newest reports whether the field is from the receiver that wrote the topmost one: what
// others say of SPF and DMARC is about other deliveries.
func (f *mailFacts) newest(field *authres.Field) bool {
	return sameName(field.ID.Text, f.Claims[0].ID.Text)
}

// verdict is ours on what somebody claims.
type verdict struct {
	status string
	reason error  // nil where status says it all
	about  string // whose verdict it is
}

// ours returns our verdict on what a claim is about. ok is false where there is none,
// or where it is not sure that both are about the same.
func (f *mailFacts) ours(field *authres.Field, c *authres.Claim) (v verdict, ok bool) {
	switch strings.ToLower(c.Method.Text) {
	case "dkim":
		return f.signature(c)
	case "spf":
		if !f.newest(field) {
			return v, false
		}
		mailfrom, helo := c.Value("smtp", "mailfrom"), c.Value("smtp", "helo")
		if mailfrom == "" && helo == "" {
			return v, false
		}
		return f.sender(mailfrom, helo)
	case "dmarc":
		if !f.newest(field) {
			return v, false
		}
		return f.author(c)
	}
	return v, false
}

// signature finds the only signature that a claim can be about.
func (f *mailFacts) signature(c *authres.Claim) (v verdict, ok bool) {
	domain, selector, value := c.Value("header", "d"), c.Value("header", "s"), c.Value("header", "b")
	if i := c.Value("header", "i"); domain == "" && i != "" {
		domain = i[strings.LastIndexByte(i, '@')+1:]
	}
	if domain == "" && value == "" {
		return v, false
	}
	var found *dkim.Result
	for i := range f.Message.Signatures {
		s := &f.Message.Signatures[i]
		switch {
		case domain != "" && !sameName(domain, s.Signature.Domain), selector != "" && !strings.EqualFold(selector, s.Signature.Selector):
		case value != "" && !strings.HasPrefix(signatureText(s), value): // RFC 6008, Section 4
		case found != nil:
			return v, false
		default:
			found = s
		}
	}
	if found == nil || found.Reason == dkim.ErrMinBits { // demanded by this run alone
		return v, false
	}
	return verdict{string(found.Status), found.Reason, found.Signature.Domain + ", selector " + found.Signature.Selector}, true
}

// signatureText returns b= without white space, "" where it was not read.
func signatureText(r *dkim.Result) string {
	b := r.Signature.List.Get("b")
	if b == nil {
		return ""
	}
	return strings.Join(strings.Fields(b.Value.Text()), "")
}

// sender returns the verdict of SPF on the identity that is claimed.
func (f *mailFacts) sender(mailfrom, helo string) (v verdict, ok bool) {
	result, domain := &f.Message.SPF, mailfrom[strings.LastIndexByte(mailfrom, '@')+1:]
	if mailfrom == "" && helo != "" {
		result, domain = f.HELO, helo
	}
	if result == nil || !result.Query.IP.IsValid() || domain != "" && !sameName(domain, result.Query.Domain) {
		return v, false
	}
	return verdict{string(result.Status), result.Reason, result.Query.Domain}, true
}

// author returns the verdict of DMARC. What fails without SPF may have passed by it.
func (f *mailFacts) author(c *authres.Claim) (v verdict, ok bool) {
	from := c.Value("header", "from")
	from = from[strings.LastIndexByte(from, '@')+1:]
	result := f.DMARCResult
	if from == "" || !sameName(from, f.DMARC.Domain) || result.Status == dmarc.StatusFail && !f.Message.SPF.Query.IP.IsValid() {
		return v, false
	}
	return verdict{string(result.Status), result.Reason, f.DMARC.Domain}, true
}

// contradicts reports whether one verdict is a pass and the other one that says
// otherwise for good: what was not looked at, or has to be tried again, is neither.
func contradicts(method, said, ours string) bool {
	otherwise := map[string]string{"dkim": "fail permerror", "dmarc": "fail none permerror", "spf": "fail softfail neutral none permerror"}[method]
	if said == "pass" && method == "dkim" && ours == "policy" {
		return true
	}
	is := func(status string) bool {
		return status != "" && strings.Contains(" "+otherwise+" ", " "+status+" ")
	}
	return said == "pass" && is(ours) || ours == "pass" && is(said)
}

// gone reports whether time alone changed the verdict: what it rests on is not published
// any more, or not valid.
func gone(reason error) (what string, ok bool) {
	switch {
	case errors.Is(reason, dkim.ErrNoRecord), errors.Is(reason, dkim.ErrRevoked):
		return "the key is gone now", true
	case errors.Is(reason, dkim.ErrExpired):
		return "the signature has expired", true
	case errors.Is(reason, spf.ErrNoRecord), errors.Is(reason, spf.ErrNoDomain), errors.Is(reason, dmarc.ErrNoRecord):
		return "the record is gone now", true
	}
	return "", false
}

// compared says in what a claim differs from our verdict.
func compared(who, claim string, v verdict) string {
	if now, ok := gone(v.reason); ok {
		return fmt.Sprintf("%s said %s for %s: %s", who, claim, v.about, now)
	}
	text := fmt.Sprintf("%s said %s for %s, here it is %s", who, claim, v.about, v.status)
	if v.reason != nil {
		text += ": " + v.reason.Error()
	}
	return text
}

// claimed returns the results of a field in a few words.
func claimed(f *authres.Field) string {
	var words []string
	for i := range f.Claims {
		if c := &f.Claims[i]; c.Err == nil {
			words = append(words, c.Method.Text+"="+c.Result.Text)
		}
		if len(words) == maxWords {
			words = append(words, "...")
			break
		}
	}
	return strings.Join(words, ", ")
}

// maxWords is how many results of a field a finding lists.
const maxWords = 6

// whole returns a value without the white space around it.
func whole(s *lint.Source) lint.Span {
	const space = " \t\r\n"
	start := len(s.Text) - len(strings.TrimLeft(s.Text, space))
	return s.Span(start, max(start, len(strings.TrimRight(s.Text, space))))
}

// word returns the word behind another in a Received field, comments left out: the host
// behind "by", the protocol behind "with" (RFC 5321, Section 4.4).
func word(received, before string) string {
	text, _ := message.WithoutComments(received)
	text, _, _ = strings.Cut(text, ";")
	words := strings.Fields(text)
	for i := range words[:max(len(words)-1, 0)] {
		if strings.EqualFold(words[i], before) {
			return words[i+1]
		}
	}
	return ""
}
