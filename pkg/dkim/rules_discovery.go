package dkim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

func discoveryRules() []rule {
	return []rule{domainkeyGone, recordMissing, multipleRecords, notKey, selectorInvalid, delegated, delegatedEmpty, adspRecord, policyRecord}
}

var domainkeyGone = rule{
	Doc: lint.Doc{
		ID: "dkim-domainkey-nxdomain", Severity: lint.Warning,
		Title: "Nothing exists below _domainkey",
		Why: "Every key stands below _domainkey. The DNS says that this name does not exist, so no selector can: the domain's mail has no " +
			"DKIM signature of its own, and DMARC rests on SPF alone.",
		Ref:  "RFC 8020, Section 2",
		Bad:  lint.Example{Zone: `@ TXT "v=spf1 -all"`, Args: []string{"dkim", "example.com"}},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.NoKeys() {
			report(lint.Finding{Span: missing(f.Domainkey.Name), Message: fmt.Sprintf("%s does not exist: the domain has no DKIM key", f.Domainkey.Name),
				Hint: "Switch on DKIM where the domain's mail is sent, and publish the key that is shown there."})
		}
	},
}

var recordMissing = rule{
	Doc: lint.Doc{
		ID: "dkim-record-missing", Severity: lint.Error, Reason: ErrNoRecord,
		Title: "No key at the selector",
		Why:   "Receivers find no key for signatures that name this selector, and treat them as broken.",
		Ref:   "RFC 6376, Section 6.1.2",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 -all"`, Args: []string{"dkim", "example.com", "--selector", "s1"}},
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			if s.Err != ErrNoRecord {
				continue
			}
			found := lint.Finding{Span: missing(s.Reply.Name), Message: fmt.Sprintf("%s has no TXT record", s.Reply.Name),
				Hint: "Publish the key there, or check the spelling of the selector."}
			if chain := s.Reply.Answer.Chain; len(chain) > 0 {
				found.Message = fmt.Sprintf("%s is an alias of %s, which has no TXT record", s.Reply.Name, chain[len(chain)-1])
				found.Hint = "Switch on DKIM at the provider who gave you the alias, or correct the alias."
			}
			report(found)
		}
	},
}

var multipleRecords = rule{
	Doc: lint.Doc{
		ID: "dkim-multiple-records", Severity: lint.Error, Reason: ErrMultipleRecords,
		Title: "More than one TXT record at the selector",
		Why: "What then happens is undefined: receivers take the first, which may be any of them, try each, join them, or give up. " +
			"It is a warning where only one of the records is a key.",
		Ref:  "RFC 6376, Section 3.6.2.2",
		Bad:  published(goodRecord, "v=DKIM1; k=ed25519; p="+exampleEd25519),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			if len(s.Texts) < 2 || len(s.Records) == 0 {
				continue
			}
			found := lint.Finding{Span: missing(s.Reply.Name), Message: fmt.Sprintf("%d TXT records, %d of them keys, stand at one name", len(s.Texts), len(s.Records)),
				Hint: "Keep one. A second key, of another type or for a rotation, gets a selector of its own."}
			if len(s.Records) == 1 {
				found.Severity, found.Hint = lint.Warning, "Delete what is no key."
				found.Message = fmt.Sprintf("%d TXT records, one of them a key, stand at one name", len(s.Texts))
				s.tornKey(&found)
			}
			report(found)
		}
	},
}

// tornKey says what to do where the texts beside a key that is cut off may be the
// rest of it, published as records of their own.
func (s *Selector) tornKey(found *lint.Finding) {
	r := s.Records[0]
	rest := slices.DeleteFunc(slices.Clone(s.Texts), func(source *lint.Source) bool {
		_, _, err := decode(source.Whole())
		return source == r.List.Source || err != nil
	})
	if !r.Is(ErrTruncated) || len(rest) == 0 {
		return
	}
	found.Hint = "If the texts are parts of one key, publish them as strings of one record; else delete what is no key."
	if joined := r.String() + rest[0].Text; len(s.Texts) == 2 && Parse(lint.NewSource("", joined)).Err() == nil {
		found.Hint, found.Fix = "One text is the rest of the other: publish both as strings of one record.", lint.Rewrite(found.Span.Source, joined)
	}
}

var notKey = rule{
	Doc: lint.Doc{
		ID: "dkim-not-a-key-record", Severity: lint.Error, Reason: ErrNotKey,
		Title: "Text at the selector is no key record",
		Why: "Receivers look for a list of tags with the key in p=. Another text at that name is often the answer of a wildcard, or was " +
			"published at the wrong name.",
		Ref:  "RFC 6376, Section 3.6.1",
		Bad:  published("some-verification=0123456789"),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			if s.Err == ErrNotKey {
				report(strayText(s.Texts[0]))
			}
		}
	},
}

// strayText says what a text is that is no key record.
func strayText(source *lint.Source) lint.Finding {
	found := lint.Finding{Span: source.Whole(), Message: "the text is no DKIM key record", Hint: "Publish the key at this name: v=DKIM1; k=rsa; p=..."}
	record := "v=" + version + "; k=rsa; p=" + strings.TrimSpace(source.Text)
	if name := strings.TrimSuffix(strings.TrimSpace(source.Text), "."); strings.Contains(name, ".") && isSelector(strings.ReplaceAll(name, "_", "x")) {
		found.Message, found.Hint = "the text is a domain name", "Publish it as the target of a CNAME record, if the provider asks for that."
	} else if Parse(lint.NewSource("", record)).Err() == nil {
		found.Message, found.Hint, found.Fix = "the text is a bare key without its tags", "", lint.Rewrite(source, record)
	}
	return found
}

var selectorInvalid = rule{
	Doc: lint.Doc{
		ID: "dkim-selector-invalid", Severity: lint.Error, Reason: ErrSelector,
		Title: "Name cannot be a selector",
		Why: "A selector is made of labels of letters, digits and inner hyphens. An underscore works in the DNS and is a warning; " +
			"signatures with any other character are broken.",
		Ref:  "RFC 6376, Section 3.1",
		Bad:  lint.Example{Zone: `@ TXT "v=spf1 -all"`, Args: []string{"dkim", "example.com", "--selector", "s1..x"}},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			bad := s.Err == ErrSelector
			if !bad && (!f.Named || s.Reply == nil || isSelector(s.Name)) {
				continue
			}
			found := lint.Finding{Span: lint.NewSource("selector", s.Name).Whole(), Hint: "Check the spelling of the selector.",
				Message: fmt.Sprintf("%q is not a valid selector", s.Name)}
			if !bad && isSelector(strings.ReplaceAll(s.Name, "_", "x")) {
				found.Severity, found.Hint = lint.Warning, "Choose a name of letters, digits and hyphens for the next key."
			}
			report(found)
		}
	},
}

// isSelector implements selector of RFC 6376, Section 3.1.
func isSelector(name string) bool {
	const inner = "abcdefghijklmnopqrstuvwxyz0123456789-"
	for label := range strings.SplitSeq(strings.ToLower(name), ".") {
		if strings.Trim(label, inner) != "" || label == "" || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

var delegated = rule{
	Doc: lint.Doc{
		ID: "dkim-cname-delegated", Severity: lint.Notice,
		Title: "Key is published by somebody else",
		Why:   "The selector is an alias: who runs its target chooses the key, changes it from time to time, and can sign as the domain.",
		Ref:   "RFC 6376, Section 3.6.2.2",
		Bad:   lint.Example{Zone: "s1._domainkey CNAME s1.dkim.example.net.\ns1.dkim.example.net. TXT \"v=DKIM1; k=ed25519; p=" + exampleEd25519 + `"`, Args: good().Args},
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, s := range f.Selectors {
			if s.Reply == nil || len(s.Reply.Answer.Chain) == 0 || len(s.Records) == 0 {
				continue
			}
			chain := s.Reply.Answer.Chain
			report(lint.Finding{Span: lint.NewSource("CNAME "+s.Reply.Name, chain[0]).Whole(),
				Message: fmt.Sprintf("%s is an alias of %s, whose owner holds the key", s.Reply.Name, chain[len(chain)-1])})
		}
	},
}

var delegatedEmpty = rule{
	Doc: lint.Doc{
		ID: "dkim-cname-empty", Severity: lint.Notice,
		Title: "Selector is an alias of a name without a key",
		Why: "Some providers have two aliases set up and publish a key behind one of them at a time; else the alias is left over, and who " +
			"registers its target can sign as the domain. It is only told of selectors that nobody named.",
		Ref:  "RFC 6376, Section 3.6.2.2",
		Bad:  lint.Example{Zone: "selector2._domainkey CNAME selector2.dkim.example.net.", Args: []string{"dkim", "example.com"}},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, reply := range f.Tried {
			if chain := reply.Answer.Chain; len(chain) > 0 && len(reply.Answer.Records) == 0 && reply.Err == nil {
				report(lint.Finding{Span: lint.NewSource("CNAME "+reply.Name, chain[0]).Whole(),
					Message: fmt.Sprintf("%s is an alias of %s, which has no TXT record", reply.Name, chain[len(chain)-1])})
			}
		}
	},
}

var adspRecord = rule{
	Doc: lint.Doc{
		ID: "dkim-adsp-record", Severity: lint.Notice,
		Title: "ADSP record",
		Why:   "Author Domain Signing Practices are historic since 2013 and have no effect; DMARC took their place. They are looked for where no selector is named.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `_adsp._domainkey TXT "dkim=all"`, Args: []string{"dkim", "example.com"}},
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.ADSP == nil {
			return
		}
		for _, rr := range f.ADSP.Answer.Records {
			if strings.HasPrefix(strings.ToLower(rr.Source.Text), "dkim") {
				report(lint.Finding{Span: rr.Source.Whole(), Message: "no receiver reads this record any more", Hint: "Delete it, and publish a DMARC record."})
			}
		}
	},
}

var policyRecord = rule{
	Doc: lint.Doc{
		ID: "dkim-policy-record", Severity: lint.Notice,
		Title: "DomainKeys policy record",
		Why:   "A text at _domainkey itself was the policy of DomainKeys, which DKIM replaced in 2007. It has no effect.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `_domainkey TXT "o=~; t=y"`, Args: []string{"dkim", "example.com"}},
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if f.Domainkey == nil {
			return
		}
		for _, rr := range f.Domainkey.Answer.Records {
			if text := strings.ReplaceAll(rr.Source.Text, " ", ""); strings.Contains(text, "o=~") || strings.Contains(text, "o=-") || strings.HasPrefix(text, "t=y") {
				report(lint.Finding{Span: rr.Source.Whole(), Message: "no receiver reads this record any more", Hint: "Delete it."})
			}
		}
	},
}
