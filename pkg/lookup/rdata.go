package lookup

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lint"
)

// parseType reads a record type by its mnemonic or as TYPEn (RFC 3597, Section
// 5). ok is false for those that only queries have (RFC 6895, Section 3.1).
func parseType(t token) (typ Type, ok bool) {
	if t.quoted {
		return 0, false
	}
	name := strings.ToUpper(t.text)
	number, ok := dns.StringToType[name]
	if digits, generic := strings.CutPrefix(name, "TYPE"); !ok && generic {
		n, err := strconv.ParseUint(digits, 10, 16)
		number, ok = uint16(n), err == nil
	}
	queryOnly := number == 0 || number == dns.TypeOPT || number >= 128 && number <= 255
	return Type(number), ok && !queryOnly
}

// data reads the data of a record whose other fields are set. What the tool
// looks into is read here, and other types by the library.
func (r *reader) data(rec Record, tokens []token) (Record, error) {
	if len(tokens) == 0 {
		return rec, r.missing("data of type " + typeWord(rec.Type))
	}
	var err error
	items := len(tokens)
	switch {
	case !tokens[0].quoted && tokens[0].text == `\#`:
		return r.genericData(rec, tokens)
	case rec.Type == TypeTXT || rec.Type == TypeSPF:
		return r.stringData(rec, tokens)
	case rec.Type == TypeA || rec.Type == TypeAAAA:
		items = 1
		rec.Addr, err = r.address(rec.Type, tokens[0])
	case rec.Type == TypeNS || rec.Type == TypeCNAME || rec.Type == TypePTR:
		items = 1
		rec.Host, err = r.name(tokens[0])
	case rec.Type == TypeMX:
		items = 2
		rec.Preference, rec.Host, err = r.exchange(tokens)
	default:
		rec, err = r.parsedData(rec, tokens)
	}
	if err == nil && len(tokens) > items {
		err = r.unexpected(tokens[items], "the end of the entry")
	}
	if err != nil {
		return rec, err
	}
	rec.Source = r.source(rec, tokens)
	return rec, nil
}

// stringData reads the character-strings of a TXT or SPF record. One that is
// longer than 255 octets is kept as it is: people write such, and a rule says
// what servers make of it.
func (r *reader) stringData(rec Record, tokens []token) (Record, error) {
	rec.Strings = make([]string, len(tokens))
	anchors := make([]lint.Anchor, 0, 2*len(tokens)-1)
	size := 0 // octets of text
	for i, t := range tokens {
		if i > 0 {
			anchors = append(anchors, tokens[i-1].endAnchor(size))
		}
		rec.Strings[i], anchors = t.octets(size, anchors)
		size += len(rec.Strings[i])
		if size+i+1 > maxData {
			return rec, r.errorAt(t, fmt.Sprintf("more than %d octets of data", maxData), "a shorter record")
		}
	}
	text := rec.Strings[0]
	if len(tokens) > 1 {
		text = strings.Join(rec.Strings, "")
	}
	rec.Source = r.textSource(rec, text, anchors)
	return rec, nil
}

// genericData reads the data of any type in hexadecimal (RFC 3597, Section 5).
// The octets of a text in this form all stand where the form starts.
func (r *reader) genericData(rec Record, tokens []token) (Record, error) {
	rec, err := r.parsedData(rec, tokens)
	if err != nil {
		return rec, err
	}
	if rec.Type != TypeTXT && rec.Type != TypeSPF {
		rec.Source = r.source(rec, tokens)
		return rec, nil
	}
	anchors := make([]lint.Anchor, len(rec.text())+1)
	for i := range anchors {
		anchors[i] = lint.Anchor{Offset: i, Line: tokens[0].line, Column: tokens[0].column}
	}
	rec.Source = r.textSource(rec, rec.text(), anchors)
	return rec, nil
}

func (r *reader) address(typ Type, t token) (netip.Addr, error) {
	addr, err := netip.ParseAddr(t.text)
	switch {
	case typ == TypeA && (err != nil || t.quoted || !addr.Is4()):
		return addr, r.unexpected(t, "an IPv4 address")
	case typ == TypeAAAA && (err != nil || t.quoted || !addr.Is6() || addr.Zone() != ""):
		return addr, r.unexpected(t, "an IPv6 address")
	}
	return addr, nil
}

func (r *reader) exchange(tokens []token) (preference uint16, host string, err error) {
	n, err := strconv.ParseUint(tokens[0].text, 10, 16)
	if err != nil || tokens[0].quoted {
		return 0, "", r.unexpected(tokens[0], "a preference from 0 to 65535")
	}
	if len(tokens) == 1 {
		return 0, "", r.missing("the name of a mail host")
	}
	host, err = r.name(tokens[1])
	return uint16(n), host, err
}

// parsedData lets the library read the data of a record.
func (r *reader) parsedData(rec Record, tokens []token) (Record, error) {
	const longest = 4 * maxData // every octet as \DDD
	text, _ := joinTokens(tokens)
	if len(text) > longest {
		return rec, r.errorAt(tokens[0], fmt.Sprintf("more than %d octets of text", longest), "shorter data")
	}
	parser := dns.NewZoneParser(strings.NewReader(". 0 IN "+typeWord(rec.Type)+" "+text+"\n"), r.origin+".", "")
	rr, ok := parser.Next()
	if !ok || parser.Err() != nil {
		return rec, r.unexpected(token{text: text, line: tokens[0].line, column: tokens[0].column},
			"data of type "+typeWord(rec.Type))
	}
	parsed, ok := fromRR(rr)
	if !ok {
		return rec, r.unexpected(tokens[0], "data of type "+typeWord(rec.Type))
	}
	parsed.Name, parsed.TTL = rec.Name, rec.TTL
	return parsed, nil
}

// typeWord is the mnemonic of a type, those that only the library knows
// included.
func typeWord(typ Type) string {
	if word, ok := dns.TypeToString[uint16(typ)]; ok {
		return word
	}
	return typ.String()
}

// joinTokens returns the tokens with one blank between them, and where each stands.
// Only a key and its quoted value stay together, as alpn="h3,h2" of HTTPS records.
func joinTokens(tokens []token) (string, []lint.Anchor) {
	anchors := make([]lint.Anchor, 1, len(tokens))
	anchors[0] = lint.Anchor{Line: tokens[0].line, Column: tokens[0].column}
	if len(tokens) == 1 {
		return tokens[0].raw(), anchors
	}
	var b strings.Builder
	b.WriteString(tokens[0].raw())
	for i, t := range tokens[1:] {
		if before := tokens[i]; !t.glued || !t.quoted || before.quoted || !strings.HasSuffix(before.text, "=") {
			b.WriteByte(' ')
		}
		anchors = append(anchors, lint.Anchor{Offset: b.Len(), Line: t.line, Column: t.column})
		b.WriteString(t.raw())
	}
	return b.String(), anchors
}

// source makes the Source of a record that is not text: its data as written.
func (r *reader) source(rec Record, tokens []token) *lint.Source {
	text, anchors := joinTokens(tokens)
	return r.textSource(rec, text, anchors)
}

// textSource makes the Source of a record with this text. The text of a recording
// stands in the DNS: the file is no place to mend it.
func (r *reader) textSource(rec Record, text string, anchors []lint.Anchor) *lint.Source {
	if r.recording && r.judged == nil {
		return lint.NewSource(r.subject(rec), text)
	}
	return lint.NewFileSource(r.subject(rec), r.file, text, anchors)
}

// subject returns the subject of the record's Source, which all records of a
// set share.
func (r *reader) subject(rec Record) string {
	q := Question{rec.Name, rec.Type}
	if found := r.zone.outcomes[q]; found != nil && len(found.answer.Records) > 0 {
		return found.answer.Records[0].Source.Subject
	}
	return q.String()
}
