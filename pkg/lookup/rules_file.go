package lookup

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// FileRules returns the rules about master files before they are published. View has
// read the files.
func FileRules() []lint.Rule[*File] {
	return append([]fileRule{unreadable, unknownType, twoStarts, repeated, cutText, relativeTarget, doubledOwner}, setRules()...)
}

type fileRule = lint.Rule[*File]

// lintZone is the command that shows what rules find in a master file.
var lintZone = []string{"lint", "zone"}

var unreadable = fileRule{
	Doc: lint.Doc{
		ID: "zone-syntax", Severity: lint.Error,
		Title: "Line that is no record",
		Why:   "Name servers refuse a zone with such a line, or leave the record out.",
		Ref:   "RFC 1035, Section 5.1",
		Bad:   lint.Example{Zone: `@ TXT "v=spf1 -all`, Args: lintZone},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`, Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, fault := range f.Faults {
			report(lint.Finding{Span: fault.Span, Message: fmt.Sprintf("found %s, expected %s", fault.Found, fault.Expected),
				Hint: "Correct the line; what it says now is not judged."})
		}
		if len(f.Faults) == maxFaults {
			last := f.Faults[maxFaults-1]
			report(lint.Finding{Span: last.Span, Message: fmt.Sprintf("%d lines cannot be read, and what follows was left out", maxFaults),
				Hint: "Correct these, then look again."})
		}
	},
}

var unknownType = fileRule{
	Doc: lint.Doc{
		ID: "zone-unknown-type", Severity: lint.Notice,
		Title: "Record that cannot be read here",
		Why: "Some servers have types of their own, such as ALIAS, and new types come up. What the record says is not judged; " +
			"a server that does not know it either refuses the zone.",
		Ref:  "operational",
		Bad:  lint.Example{Zone: `www ALIAS host.example.net.`, Args: lintZone},
		Good: lint.Example{Zone: `www CNAME host.example.net.`, Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, foreign := range f.Foreign {
			found := lint.Finding{Span: foreign.Source.Whole(), Message: fmt.Sprintf("the type %s is not known", foreign.Type)}
			if foreign.Known {
				found.Message = fmt.Sprintf("these are no known data of type %s", foreign.Type)
			}
			report(found)
		}
	},
}

var twoStarts = fileRule{
	Doc: lint.Doc{
		ID: "zone-soa-multiple", Severity: lint.Error,
		Title: "Second SOA record of a zone",
		Why:   "A zone has one SOA record. Name servers refuse a file with two of them.",
		Ref:   "RFC 1035, Section 5.2",
		Bad:   lint.Example{Zone: "@ SOA ns h 1 2 3 4 5\n@ SOA ns h 2 2 3 4 5", Args: lintZone},
		Good:  lint.Example{Zone: "@ SOA ns h 1 2 3 4 5", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		first := map[string]Record{}
		for _, rec := range f.Records {
			known, seen := first[rec.Name]
			switch {
			case rec.Type != TypeSOA:
			case !seen:
				first[rec.Name] = rec
			case known.Data != rec.Data:
				report(lint.Finding{Span: rec.Source.Whole(), Hint: "Remove one of them.",
					Message: fmt.Sprintf("line %d has another SOA record of the zone", known.Source.Position(0).Line)})
			}
		}
	},
}

// content is what makes two records of a file the same one.
type content struct {
	question   Question
	preference uint16
	data       string
}

func contentOf(rec Record) content {
	c := content{question: Question{rec.Name, rec.Type}, preference: rec.Preference, data: cmp.Or(rec.Host, rec.Data)}
	switch {
	case rec.Addr.IsValid():
		c.data = rec.Addr.String()
	case len(rec.Strings) > 0:
		c.data = fmt.Sprintf("%q", rec.Strings)
	}
	return c
}

var repeated = fileRule{
	Doc: lint.Doc{
		ID: "zone-duplicate-record", Severity: lint.Notice,
		Title: "The same record twice",
		Why:   "Servers keep one of them. Whoever changes the record later is likely to change only one, and then there are two.",
		Ref:   "RFC 2181, Section 5",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT \"v=spf1 -all\"", Args: lintZone},
		Good:  lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT \"x\"", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		first := map[content]*lint.Source{}
		for _, rec := range f.Records {
			c := contentOf(rec)
			if known, ok := first[c]; ok {
				report(lint.Finding{Span: rec.Source.Whole(), Hint: "Remove one of them.",
					Message: fmt.Sprintf("line %d says the same already", known.Position(0).Line)})
				continue
			}
			first[c] = rec.Source
		}
	},
}

var cutText = fileRule{
	Doc: lint.Doc{
		ID: "zone-unquoted-semicolon", Severity: lint.Error,
		Title: "Text cut off at a semicolon",
		Why: "Outside quotation marks a semicolon begins a comment: TXT v=DMARC1; p=reject publishes v=DMARC1 and nothing else. " +
			"It is a warning where the comment does not look like the rest of the text.",
		Ref:  "RFC 1035, Section 5.1",
		Bad:  lint.Example{Zone: `_dmarc TXT v=DMARC1; p=reject`, Args: lintZone},
		Good: lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=reject"`, Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, cut := range f.Cut {
			found := lint.Finding{Span: cut.Source.Whole(), Message: fmt.Sprintf("%q is all that is left: the rest of the line is a comment", cut.Source.Text),
				Hint: "Put the whole text between quotation marks."}
			if !cut.Sure {
				found.Severity, found.Hint = lint.Warning, "Put the whole text between quotation marks, or a blank before the comment."
			}
			// Not a change of the whole span: that alone would leave the comment in the line.
			if end := len(cut.Source.Text); cut.Rest != "" {
				found.Fix = lint.Replace(cut.Source.Span(end, end), cut.Rest)
			}
			report(found)
		}
	},
}

var relativeTarget = fileRule{
	Doc: lint.Doc{
		ID: "zone-missing-trailing-dot", Severity: lint.Warning,
		Title: "Host name without its final dot",
		Why: "A name without a dot at its end is completed with the origin, so mail.example.com becomes mail.example.com.example.com. " +
			"Reported where the completed name is not in the files.",
		Ref:  "RFC 1035, Section 5.1",
		Bad:  lint.Example{Zone: "@ SOA ns h 1 2 3 4 5\nsmtp CNAME mail.example.com\nmail A 192.0.2.1", Args: lintZone},
		Good: lint.Example{Zone: "@ SOA ns h 1 2 3 4 5\nsmtp CNAME mail.example.com.\nmail A 192.0.2.1", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, rec := range f.Records {
			if written, ok := f.accident(rec); ok && !f.view.zone.exists(rec.Host) {
				report(lint.Finding{Span: written, Fix: lint.Replace(written, written.Text()+"."),
					Message: fmt.Sprintf("%q stands for %s", written.Text(), rec.Host)})
			}
		}
	},
}

// accident returns the target of a record as written, where the origin was added to
// a name that ends in the origin already, or in its last label. Below arpa are no
// hosts; an MX target with the name of its own domain twice has a rule of its own,
// which fires where the target is known not to exist.
func (f *File) accident(rec Record) (written lint.Span, ok bool) {
	text := rec.Source.Text
	written = rec.Source.Span(strings.LastIndexByte(text, ' ')+1, len(text))
	target := strings.ToLower(written.Text())
	origin, ok := strings.CutPrefix(rec.Host, target+".")
	if !ok || !strings.Contains(target, ".") || strings.HasSuffix(target, ".") {
		return written, false
	}
	doubled := target == origin || strings.HasSuffix(target, "."+origin)
	if rec.Type == TypeMX && doubled && origin == rec.Name && f.view.zone.Covers(rec.Host) {
		return written, false
	}
	top := origin[strings.LastIndexByte(origin, '.')+1:]
	return written, doubled || strings.HasSuffix(target, "."+top) || rec.Type == TypePTR && top == "arpa"
}

var doubledOwner = fileRule{
	Doc: lint.Doc{
		ID: "dns-owner-name-doubled", Severity: lint.Error,
		Title: "Owner name with the zone's name twice",
		Why: "Many panels and every master file complete a name with that of the zone, so _dmarc.example.com becomes " +
			"_dmarc.example.com.example.com, where nobody looks.",
		Ref:  "operational",
		Bad:  lint.Example{Zone: "@ SOA ns h 1 2 3 4 5\n_dmarc.example.com TXT \"v=DMARC1; p=reject\"", Args: lintZone},
		Good: lint.Example{Zone: "@ SOA ns h 1 2 3 4 5\n_dmarc.example.com. TXT \"v=DMARC1; p=reject\"", Args: lintZone},
	},
	Check: func(f *File, report lint.ReportFunc) {
		for _, rec := range f.Records {
			if !hasMailName(rec.Type) {
				continue
			}
			for zone, more := parentName(rec.Name); more && strings.Contains(zone, "."); zone, more = parentName(zone) {
				meant := strings.TrimSuffix(rec.Name, "."+zone)
				if (meant == zone || strings.HasSuffix(meant, "."+zone)) && f.view.first[Question{zone, TypeSOA}] != nil && f.view.first[Question{meant, rec.Type}] == nil {
					report(lint.Finding{Span: rec.Source.Whole(), Message: fmt.Sprintf("the record stands at %s, and none at %s", rec.Name, meant),
						Hint: fmt.Sprintf("Write the name with a dot at its end: %s.", meant)})
				}
			}
		}
	},
}

// hasMailName reports whether mail looks for records of a type by their owner name.
func hasMailName(typ Type) bool {
	switch typ {
	case TypeTXT, TypeMX, TypeCNAME, TypeA, TypeAAAA:
		return true
	}
	return false
}
