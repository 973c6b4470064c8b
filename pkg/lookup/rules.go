package lookup

import (
	"errors"
	"fmt"
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// FailureRules returns the rules about questions without a usable answer. They are
// for every question that had to be asked, whoever runs the name.
func FailureRules() []lint.Rule[[]Reply] {
	return []lint.Rule[[]Reply]{timedOut, servFail, refused, truncated, otherFailure, cnameLoop}
}

// AnswerRules returns the rules about answers. They are for names that whoever
// reads the findings can do something about.
func AnswerRules() []lint.Rule[[]Reply] {
	return append(StringRules(), chainLong, dangling, answerOver512, answerOver1232, ttlTooHigh, doubleHyphen, aLabelInvalid)
}

// StringRules returns those of AnswerRules that are about strings alone, and hold for
// texts of any kind.
func StringRules() []lint.Rule[[]Reply] { return []lint.Rule[[]Reply]{longString} }

type rule = lint.Rule[[]Reply]

// place is where a finding about a question stands: it has no text.
func place(q Question) lint.Span { return lint.NewSource(q.String(), "").Whole() }

// unanswered makes a rule of the reasons for which answers are unknown.
func unanswered(doc lint.Doc, reasons ...error) rule {
	doc.Severity, doc.Unanswered, doc.Reason = lint.Warning, true, reasons[0]
	doc.Good = lint.Example{Zone: `@ TXT "v=spf1 -all"`}
	return rule{Doc: doc, Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			for _, reason := range reasons {
				var failure *Error
				if errors.As(reply.Err, &failure) && failure.Reason == reason {
					report(lint.Finding{Span: place(reply.Question), Message: failure.why()})
				}
			}
		}
	}}
}

var timedOut = unanswered(lint.Doc{
	ID:    "dns-timeout",
	Title: "No answer in time",
	Why:   "No server answered, after retries. Whether the record exists is unknown; a receiver would try again later.",
	Ref:   "RFC 1035, Section 4.2.1",
	Bad:   lint.Example{Zone: ";! TIMEOUT example.com. TXT"},
}, ErrTimeout)

var servFail = unanswered(lint.Doc{
	ID:    "dns-servfail",
	Title: "Name server failed (SERVFAIL)",
	Why: "The resolver could not get an answer: the zone's servers are down, disagree, or fail DNSSEC validation. Whether the record " +
		"exists is unknown.",
	Ref: "RFC 2308, Section 7.1",
	Bad: lint.Example{Zone: ";! SERVFAIL example.com. TXT"},
}, ErrServFail)

var refused = unanswered(lint.Doc{
	ID:    "dns-refused",
	Title: "Name server refused to answer",
	Why:   "The server does not answer such questions, or not for this client. Whether the record exists is unknown.",
	Ref:   "RFC 1035, Section 4.1.1",
	Bad:   lint.Example{Zone: ";! REFUSED example.com. TXT"},
}, ErrRefused, ErrRCode)

var truncated = unanswered(lint.Doc{
	ID:    "dns-truncated-no-tcp",
	Title: "Answer too large for UDP, and TCP fails",
	Why:   "The answer was cut short and could not be fetched over TCP; a firewall on either side may block it. Whether the record exists is unknown.",
	Ref:   "RFC 1035, Section 4.2.1",
	Bad:   lint.Example{Zone: ";! TRUNCATED example.com. TXT"},
}, ErrTruncated)

var otherFailure = unanswered(lint.Doc{
	ID:    "dns-unanswered",
	Title: "Question without an answer",
	Why: "The zone files given say nothing about the name, the network failed, the answer made no sense, or the run was interrupted. " +
		"Whether the record exists is unknown.",
	Ref: "operational",
	Bad: lint.Example{Zone: ";! NETWORK example.com. TXT"},
}, ErrNetwork, ErrMalformed, ErrReferral, ErrOffline, ErrCanceled, ErrName)

var cnameLoop = rule{
	Doc: lint.Doc{
		ID: "dns-cname-loop", Severity: lint.Error, Reason: ErrCNAMELoop,
		Title: "CNAME records in a circle, or in an endless chain",
		Why:   "Aliases that lead back to themselves, or over too many names, have no answer: the record cannot be found.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: "@ CNAME x\nx CNAME @"},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			if errors.Is(reply.Err, ErrCNAMELoop) {
				report(lint.Finding{Span: place(reply.Question), Message: fmt.Sprintf("the aliases of %s lead in a circle, or over more than %d names", reply.Name, maxChain),
					Hint: "Point the CNAME at the name that holds the records."})
			}
		}
	},
}

// longChain is the number of aliases beyond which resolvers give up.
const longChain = 8

var chainLong = rule{
	Doc: lint.Doc{
		ID: "dns-cname-chain-long", Severity: lint.Warning,
		Title: "Long chain of CNAME records",
		Why:   "Each alias is one more lookup and one more party; some resolvers give up after eight.",
		Ref:   "operational",
		Bad: lint.Example{Zone: "@ CNAME a1\na1 CNAME a2\na2 CNAME a3\na3 CNAME a4\na4 CNAME a5\na5 CNAME a6\na6 CNAME a7\na7 CNAME a8\n" +
			"a8 CNAME a9\na9 TXT \"v=spf1 -all\""},
		Good: lint.Example{Zone: "@ CNAME a1\na1 TXT \"v=spf1 -all\""},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			if n := len(reply.Answer.Chain); n > longChain {
				report(lint.Finding{Span: place(reply.Question), Message: fmt.Sprintf("%s is reached over %d aliases", reply.Name, n),
					Hint: "Point the first CNAME at the name that holds the record."})
			}
		}
	},
}

var dangling = rule{
	Doc: lint.Doc{
		ID: "dns-cname-dangling", Severity: lint.Error,
		Title: "CNAME to a name that does not exist",
		Why:   "The record cannot be found, and whoever registers the target decides what it says.",
		Ref:   "RFC 2181, Section 10.1",
		Bad:   lint.Example{Zone: `@ CNAME gone.example.net.`},
		Good:  lint.Example{Zone: "@ CNAME here.example.net.\nhere.example.net. TXT \"v=spf1 -all\""},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		seen := map[string]bool{}
		for _, reply := range replies {
			if chain := reply.Answer.Chain; reply.Err == nil && reply.Answer.NXDomain && len(chain) > 0 && !seen[reply.Name] {
				seen[reply.Name] = true
				report(lint.Finding{Span: place(reply.Question), Hint: "Remove the CNAME, or point it at a name that exists.",
					Message: fmt.Sprintf("%s is an alias of %s, which does not exist", reply.Name, chain[len(chain)-1])})
			}
		}
	},
}

// largestUDP is the size up to which answers travel over UDP everywhere.
const largestUDP = ednsSize

var answerOver1232 = rule{
	Doc: lint.Doc{
		ID: "dns-response-over-edns-1232", Severity: lint.Notice,
		Title: "Answer larger than 1232 octets",
		Why:   "Most resolvers ask for at most 1232 octets over UDP; larger answers are fetched again over TCP, which takes longer and is blocked here and there.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: "@ TXT \"v=spf1 -all\"\n@ TXT" + strings.Repeat(` "`+strings.Repeat("x", 250)+`"`, 5)},
		Good:  lint.Example{Zone: `@ TXT "v=spf1 -all"`},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			if size := estimate(reply) + optSize; size > largestUDP {
				report(lint.Finding{Span: place(reply.Question), Message: fmt.Sprintf("the answer has about %d octets", size)})
			}
		}
	},
}

// plainUDP is the size of the largest answer over UDP without EDNS0 (RFC 1035,
// Section 2.3.4).
const plainUDP = 512

var answerOver512 = rule{
	Doc: lint.Doc{
		ID: "dns-response-over-512", Severity: lint.Notice,
		Title: "Answer larger than 512 octets",
		Why: "Without EDNS0 an answer over UDP has 512 octets at most; a larger one needs EDNS0 or TCP, which some networks still drop. It is not told " +
			"where another finding gives the reason, such as a long key or many texts beside an SPF record.",
		Ref:  "RFC 1035, Section 2.3.4",
		Bad:  lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=reject; ` + strings.Repeat(" ", 220) + `" "` + strings.Repeat(" ", 240) + `"`, Args: []string{"dmarc", "example.com"}},
		Good: lint.Example{Zone: `_dmarc TXT "v=DMARC1; p=reject"`, Args: []string{"dmarc", "example.com"}},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			if size := estimate(reply); reply.Type == TypeTXT && size > plainUDP && size+optSize <= largestUDP {
				report(lint.Finding{Span: place(reply.Question), Message: fmt.Sprintf("the answer has about %d octets", size),
					Hint: "Shorten the record, or delete what is left over at the name."})
			}
		}
	},
}

// optSize is the octets of the OPT record of EDNS0 without options.
const optSize = 11

// estimate returns the octets of a response with the TXT records of a reply, without
// EDNS0 (RFC 1035, Section 4.1). It is computed rather than measured, so that files
// and servers give the same findings.
func estimate(reply Reply) int {
	const header, question, fixed = 12, 4, 12
	size := header + question + len(reply.Name) + 2
	for _, rr := range reply.Answer.Records {
		size += fixed
		for _, s := range rr.Strings {
			size += 1 + len(s)
		}
	}
	return size
}

// MaxString is the octets of a character-string (RFC 1035, Section 3.3).
const MaxString = 255

var longString = rule{
	Doc: lint.Doc{
		ID: "txt-string-over-255", Severity: lint.Error,
		Title: "String of more than 255 octets",
		Why: "A TXT record consists of strings of up to 255 octets. Name servers refuse a zone with a longer one, and panels cut it off. " +
			"Receivers join the strings of a record with nothing between them.",
		Ref:  "RFC 1035, Section 3.3",
		Bad:  lint.Example{Zone: `@ TXT "v=spf1` + strings.Repeat(" ip4:192.0.2.1", 20) + ` -all"`},
		Good: lint.Example{Zone: `@ TXT "v=spf1" "` + strings.Repeat(" ip4:192.0.2.1", 17) + ` -all"`},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			for _, rr := range reply.Answer.Records {
				at := 0
				for _, s := range rr.Strings {
					if len(s) > MaxString {
						report(lint.Finding{Span: rr.Source.Span(at, at+len(s)), Message: fmt.Sprintf("a string has %d octets, %d at most", len(s), MaxString),
							Hint: "Split it into several strings between quotation marks."})
					}
					at += len(s)
				}
			}
		}
	},
}

// longTTL is a day, in seconds.
const longTTL = 86400

var ttlTooHigh = rule{
	Doc: lint.Doc{
		ID: "dns-ttl-too-high", Severity: lint.Notice,
		Title: "Record kept for more than a day",
		Why:   "A wrong record, or one that must change in a hurry, stays in caches for as long as its TTL says.",
		Ref:   "operational",
		Bad:   lint.Example{Zone: `@ 604800 TXT "v=spf1 -all"`},
		Good:  lint.Example{Zone: `@ 3600 TXT "v=spf1 -all"`},
	},
	Check: func(replies []Reply, report lint.ReportFunc) {
		for _, reply := range replies {
			if reply.Type != TypeMX && reply.Type != TypeTXT {
				continue
			}
			for _, rr := range reply.Answer.Records {
				if rr.TTL > longTTL {
					report(lint.Finding{Span: place(reply.Question), Hint: "3600 seconds suit most records.",
						Message: fmt.Sprintf("caches keep the record for %d seconds", rr.TTL)})
					break
				}
			}
		}
	},
}
