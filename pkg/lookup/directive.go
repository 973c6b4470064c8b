package lookup

// directiveMark starts a line that is a comment to other readers of master
// files and a directive to this one:
//
//	;! RECORDING   time servers     first line of a recording, which has no authority
//	;! AUTHORITATIVE .              every name that is not in the data does not exist
//	;! NXDOMAIN    name [type]      the name does not exist
//	;! NODATA      name type|*      the name exists, the type does not
//	;! SERVFAIL    name type|* [..] no answer: ErrServFail, with the detail, its blanks as \032
//	;! ALIAS       name type target a CNAME record that only this type meets
//
// and like SERVFAIL one word for every other failure, see failureWords. "*"
// stands for every type for which the name has no record; a type that is named
// outranks the records of that type. Names are absolute, with or without the
// final dot. Of two directives about one thing the last one counts.
const directiveMark = ";!"

// directiveTokens is one more than a directive has at most, the mark included.
const directiveTokens = 6

// failureWords are the failures that can stand in a file. ErrOffline is what
// needs no word, ErrCanceled says nothing about the DNS, and a name of which
// ErrName is true cannot be written.
var failureWords = []struct {
	word   string
	reason error
}{
	{"SERVFAIL", ErrServFail},
	{"TIMEOUT", ErrTimeout},
	{"REFUSED", ErrRefused},
	{"RCODE", ErrRCode},
	{"NETWORK", ErrNetwork},
	{"MALFORMED", ErrMalformed},
	{"TRUNCATED", ErrTruncated},
	{"REFERRAL", ErrReferral},
	{"LOOP", ErrCNAMELoop},
}

// direct obeys the directive that was scanned.
func (r *reader) direct() error {
	if len(r.tokens) == 1 {
		return r.missing("a directive")
	}
	word, fields := r.tokens[1], r.tokens[2:]
	least, most, out := 2, 2, zoneOutcome{directed: true}
	switch word.text {
	case "RECORDING":
		if word.line != 1 {
			return r.unexpected(word, "RECORDING in the first line only")
		}
		r.recording = true
		return nil
	case "AUTHORITATIVE":
		least, most = 1, 1
	case "NXDOMAIN":
		least, out.answer.NXDomain = 1, true
	case "NODATA":
	case "ALIAS":
		least, most = 3, 3
	default:
		if out.err = failureReason(word.text); out.err == nil {
			return r.unexpected(word, "a directive such as SERVFAIL, NXDOMAIN or NODATA")
		}
		if len(fields) == 3 {
			detail, _ := fields[2].octets(0, nil)
			out.err, fields = &Error{Reason: out.err, Detail: detail}, fields[:2]
		}
	}
	if n := len(fields); n < least {
		return r.missing([]string{"a domain name", "a record type", "the target of the alias"}[n])
	}
	if len(fields) > most {
		return r.unexpected(fields[most], "the end of the line")
	}
	if word.text == "AUTHORITATIVE" {
		return r.directAll(fields[0])
	}
	return r.directName(fields, out)
}

func failureReason(word string) error {
	for _, f := range failureWords {
		if f.word == word {
			return f.reason
		}
	}
	return nil
}

// directAll makes the data the whole truth, delegations or not.
func (r *reader) directAll(root token) error {
	if root.text != "." {
		return r.unexpected(root, `"."`)
	}
	r.zone.complete = true
	return nil
}

// directName gives the outcome to a name: for one type, or for all types that
// have none. The fields are the name, the type and the target of an alias.
func (r *reader) directName(fields []token, out zoneOutcome) error {
	name, err := r.absolute(fields[0])
	if err != nil {
		return err
	}
	every := len(fields) == 1 || len(fields) == 2 && fields[1].text == "*"
	var typ Type
	if !every {
		ok := false
		if typ, ok = parseType(fields[1]); !ok {
			return r.unexpected(fields[1], "a record type")
		}
	}
	if len(fields) == 3 {
		target, err := r.absolute(fields[2])
		if err != nil {
			return err
		}
		out.answer.Chain = []string{target}
	}
	if err := r.admit(name, fields[0]); err != nil {
		return err
	}
	r.zone.direct(Question{name, typ}, &out)
	return nil
}

// absolute reads a name that no origin completes.
func (r *reader) absolute(t token) (string, error) {
	origin := r.origin
	r.origin = ""
	name, err := r.name(t)
	r.origin = origin
	return name, err
}
