package dkim

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// setRules judge the keys of a domain together, and against a private key.
func setRules() []rule {
	return []rule{reusedKey, onlySelector, noEd25519, ed25519Only, keyMismatch, keyPermissions}
}

var reusedKey = rule{
	Doc: lint.Doc{
		ID: "dkim-key-reused-across-selectors", Severity: lint.Notice,
		Title: "Same key under several selectors",
		Why:   "Selectors are there for changing keys: a new selector with the old key changes nothing, and a leak concerns them all.",
		Ref:   "operational",
		Bad: lint.Example{Zone: good().Zone + "\n" + strings.Replace(good().Zone, "s1.", "s2.", 1),
			Args: []string{"dkim", "example.com", "--selector", "s1", "--selector", "s2"}},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for i := range f.Selectors {
			s := &f.Selectors[i]
			if s.Record == nil {
				continue
			}
			for _, before := range f.Selectors[:i] {
				if before.Record != nil && s.Record.Key.Equal(before.Record.Key) {
					report(lint.Finding{Span: s.Record.List.Get("p").Value, Hint: "Make a new key for every selector.",
						Message: fmt.Sprintf("the selector %s has the same key", before.Name)})
					break
				}
			}
		}
	},
}

// usable returns the records of the selectors that were named and give a key for mail.
// It is for rules about all of them: none where one got no answer.
func (f *Facts) usable() []*Record {
	var records []*Record
	for i := range f.Selectors {
		switch s := &f.Selectors[i]; {
		case !f.Named || s.Reply == nil:
		case s.Reply.Err != nil:
			return nil
		case s.Err == nil:
			records = append(records, s.Record)
		}
	}
	return records
}

var onlySelector = rule{
	Doc: lint.Doc{
		ID: "dkim-only-one-selector", Severity: lint.Notice,
		Title: "Only one of the selectors has a key",
		Why: "Keys are changed by publishing the next one beside the current one. It is only told where several selectors were named: others " +
			"may exist.",
		Ref: "operational",
		Bad: lint.Example{Zone: good().Zone + "\ns2._domainkey TXT \"v=DKIM1; p=\"",
			Args: []string{"dkim", "example.com", "--selector", "s1", "--selector", "s2"}},
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		if records := f.usable(); len(f.Selectors) > 1 && len(records) == 1 {
			report(lint.Finding{Span: records[0].List.Source.Whole(), Message: fmt.Sprintf("of %d selectors this one alone has a key", len(f.Selectors))})
		}
	},
}

var noEd25519 = rule{
	Doc: lint.Doc{
		ID: "dkim-no-ed25519", Severity: lint.Notice,
		Title: "No Ed25519 key beside RSA",
		Why:   "Signers should be able to use Ed25519, whose keys and signatures are short. Mail then carries a signature of each kind.",
		Ref:   "RFC 8463, Section 5",
		Bad:   good(),
		Good: lint.Example{Zone: good().Zone + "\ns2._domainkey TXT \"v=DKIM1; k=ed25519; p=" + exampleEd25519 + `"`,
			Args: []string{"dkim", "example.com", "--selector", "s1", "--selector", "s2"}},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		records := f.usable()
		if len(records) > 0 && !slices.ContainsFunc(records, func(r *Record) bool { return r.Key.Type == Ed25519 }) {
			report(lint.Finding{Span: records[0].List.Get("p").Span, Message: "none of the keys named is an Ed25519 key"})
		}
	},
}

var ed25519Only = rule{
	Doc: lint.Doc{
		ID: "dkim-ed25519-only", Severity: lint.Warning,
		Title: "No RSA key beside Ed25519",
		Why: "Receivers must know Ed25519, but many do not and see unsigned mail. A message carries both signatures, each with a selector of its own. " +
			"It is only told of selectors that somebody named.",
		Ref:  "RFC 8463, Section 6",
		Bad:  published("v=DKIM1; k=ed25519; p=" + exampleEd25519),
		Good: good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		records := f.usable()
		if len(records) > 0 && !slices.ContainsFunc(records, func(r *Record) bool { return r.Key.Type == RSA }) {
			report(lint.Finding{Span: records[0].List.Get("k").Span, Message: "all keys named are Ed25519 keys",
				Hint: "Sign with an RSA key of 2048 bits, too, under another selector."})
		}
	},
}

// sampleKey is the private key that RFC 8463, Appendix A.1 prints.
const sampleKey = "testdata/rfc8463.key"

var keyMismatch = rule{
	Doc: lint.Doc{
		ID: "dkim-key-mismatch", Severity: lint.Error,
		Title: "Published key is not that of the private key",
		Why:   "Signatures made with this private key cannot be verified with what is published: all of them are broken.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: good().Zone, Args: append(good().Args, "--key", sampleKey)},
		Good: lint.Example{Zone: published("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").Zone,
			Args: append(good().Args, "--key", sampleKey)},
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for i := range f.Private {
			f.mismatches(&f.Private[i], report)
		}
	},
}

// mismatches reports the keys with which nothing that a private key signs verifies.
func (f *Facts) mismatches(private *PrivateKey, report lint.ReportFunc) {
	mine := private.Public
	if private.Selector == "" && f.Unanswered() > 0 {
		return
	}
	var keys []*Record // where the private key's should be
	for i := range f.Selectors {
		s := &f.Selectors[i]
		if private.Selector != "" && s.Name != private.Selector {
			continue
		}
		if s.Reply != nil && s.Reply.Err != nil {
			return // it may be there
		}
		for _, r := range s.Records {
			if r.Key.Equal(mine) {
				return
			}
			if r.Key.Type != "" {
				keys = append(keys, r)
			}
		}
	}
	for _, r := range keys {
		at := r.List.Get("p").Value
		found := lint.Finding{Span: at, Message: fmt.Sprintf("this is not the key of %s", private.File),
			Hint: "Publish the public half of the key that signs, or sign with the key that is published."}
		if mine.Type != r.Key.Type || mine.Bits != r.Key.Bits {
			found.Message += fmt.Sprintf(", which is %s with %d bits", mine.Type, mine.Bits)
		}
		// In the place of several keys it would stand there several times.
		if value := mine.Value(); value != "" && mine.Type == r.Key.Type && len(keys) == 1 {
			found.Fix = lint.Replace(at, value)
		}
		report(found)
	}
}

// readable are the permissions that a private key should give nobody but its owner.
const readable fs.FileMode = 0o077

var keyPermissions = rule{
	Doc: lint.Doc{
		ID: "dkim-private-key-permissions", Severity: lint.Warning,
		Title: "Private key that others may read",
		Why:   "Whoever reads the private key can sign as the domain. Signing programs refuse keys that others than their owner may read.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: good().Zone, Args: append(good().Args, "--key", sampleKey)},
		Good:  good(),
	},
	Check: func(f *Facts, report lint.ReportFunc) {
		for _, private := range f.Private {
			if private.Mode&readable != 0 {
				report(lint.Finding{Span: lint.NewSource("private key", private.File).Whole(), Hint: "chmod 600 " + private.File,
					Message: fmt.Sprintf("the permissions of the key are %s", private.Mode)})
			}
		}
	},
}
