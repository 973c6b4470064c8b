package authres

import "strings"

// registered returns the results that a method may have, and whether IANA has it in its
// registry. No results are returned where they are defined outside of RFC 8601 and the
// standards of DMARC and ARC.
func registered(method string) (results string, ok bool) {
	switch strings.ToLower(method) {
	case "dkim", "domainkeys": // RFC 8601, Sections 2.7.1 and 6.7
		return "none pass fail policy neutral temperror permerror", true
	case "spf": // RFC 8601, Sections 2.7.2 and 6.7: hardfail is an old word
		return "none pass fail softfail policy neutral temperror permerror hardfail", true
	case "sender-id": // RFC 8601, Section 6.7
		return "none pass fail softfail policy neutral temperror permerror", true
	case "iprev": // RFC 8601, Section 2.7.3
		return "pass fail temperror permerror", true
	case "auth", "dmarc": // RFC 8601, Section 2.7.4; RFC 9989, Section 9.2
		return "none pass fail temperror permerror", true
	case "arc": // RFC 8617, Section 4.4
		return "none pass fail", true
	case "dkim-adsp", "dkim-atps", "dnswl", "rrvs", "smime", "vbr":
		return "", true
	}
	return "", false
}

// KnowsMethod reports whether IANA has the method of the claim in its registry (RFC
// 8601, Section 6.2).
func (c *Claim) KnowsMethod() bool {
	_, ok := registered(c.Method.Text)
	return ok
}

// KnowsResult reports whether the result of the claim is one of its method (RFC 8601,
// Section 6.6). Where it is not known which the method has, any may be.
func (c *Claim) KnowsResult() bool {
	results, _ := registered(c.Method.Text)
	if results == "" {
		return true
	}
	for name := range strings.SplitSeq(results, " ") {
		if strings.EqualFold(name, c.Result.Text) {
			return true
		}
	}
	return false
}

// KnowsType reports whether IANA has the type of the property in its registry (RFC 8601,
// Section 6.4; RFC 8904 added one).
func (p *Pair) KnowsType() bool {
	for _, name := range [...]string{"smtp", "header", "body", "policy", "dns"} {
		if strings.EqualFold(name, p.Type.Text) {
			return true
		}
	}
	return false
}
