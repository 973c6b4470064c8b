package score

import (
	"slices"

	"github.com/authcheck/authcheck/pkg/report"
)

// Row is a virtue that is worth points, or a fault that caps the score.
type Row struct {
	ID, Area, Title string
	Domain, Message report.Points // of ten, for a domain and for a domain with a message; 0 of a cap
	Cap             report.Points // the most that a score with this fault can be; 0: it is no cap
	Effort          report.Effort // to win the points back
	Base            string        // row that must be won first: without a record its ending is lost, too
	Rules           []string      // of findings that cost the row, or say why it is lost; "spf-*": errors of these rules that no other row names
	Elsewhere       []string      // of Rules, those whose advice wins another row back
	Lifted          []string      // of a cap: it holds as long as one of these rows is lost
	Cure            string        // said where no finding says what to do
	Ask             string        // flag that lets the row be judged; empty: none does
	Apart           bool          // where the base is lost the row is still won back by its own cure, after that of the base
	judge           func(*sheet, *Row) verdict
}

// The areas, in the order in which they are shown.
const (
	areaSPF     = "SPF"
	areaDKIM    = "DKIM"
	areaDMARC   = "DMARC"
	areaMX      = "Receiving"
	areaHost    = "Sending host"
	areaDNS     = "DNS"
	areaMessage = "Message"
)

// Rows returns the table, the only one there is. Each of its two columns sums to ten
// points. Within an area the row that the others rest on comes first.
func Rows() []Row {
	return slices.Concat(spfRows(), dkimRows(), dmarcRows(), hostRows(), messageRows(), capRows())
}

func spfRows() []Row {
	return []Row{
		{ID: "spf-record", Area: areaSPF, Title: "SPF record that receivers can use", Domain: 10, Message: 4, Effort: report.EditRecord,
			Rules: []string{"spf-missing", "spf-multiple-records", "spf-non-mail-domain-missing", "spf-*"}, judge: spfRecord,
			Cure: "Publish one TXT record that starts with v=spf1, lists what sends and ends with -all."},
		{ID: "spf-ending", Area: areaSPF, Title: "Hosts that are not listed get fail or softfail", Domain: 5, Message: 2, Effort: report.EditRecord,
			Base: "spf-record", Rules: []string{"spf-all-pass", "spf-cidr-zero", "spf-include-all-pass", "spf-all-neutral", "spf-all-missing", "spf-non-mail-domain-not-null", "spf-parked-authorizes-senders"},
			judge: spfEnding, Cure: "End the SPF record with -all or ~all."},
		{ID: "spf-limits", Area: areaSPF, Title: "SPF record within the limits of ten lookups and two void ones", Domain: 3, Message: 1, Effort: report.EditRecord,
			Base: "spf-record", Rules: []string{"spf-too-many-lookups", "spf-too-many-void-lookups", "spf-mx-over-10"}, judge: spfLimits},
		{ID: "spf-sender", Area: areaSPF, Title: "SPF authorizes the sending host", Domain: 4, Effort: report.EditRecord,
			Base: "spf-record", Rules: []string{expectedSender, "spf-result-fail", "spf-result-softfail", "spf-result-neutral"}, Ask: "--ip ADDRESS", judge: spfSender,
			Cure: "Add the address of the sending host to the SPF record."},
		{ID: "spf-pass", Area: areaSPF, Title: "The message passes SPF", Message: 8, Effort: report.EditRecord,
			Rules: []string{"spf-result-fail", "spf-result-permerror", "spf-result-softfail", "spf-result-neutral", "spf-result-none"}, Ask: "--ip ADDRESS --sender ADDRESS or --guess-envelope", judge: spfPass,
			Cure: "Add the client to the SPF record of the domain of MAIL FROM."},
	}
}

func dkimRows() []Row {
	return []Row{
		{ID: "dkim-key", Area: areaDKIM, Title: "DKIM keys that receivers can use", Domain: 16, Message: 3, Effort: report.ChangeServer,
			Rules: []string{"dkim-record-missing", "dkim-domainkey-nxdomain", "dmarc-no-auth-behind", "dkim-rsa-under-1024", "dkim-*"}, Ask: "--selector NAME", judge: dkimKey,
			Cure: "Publish a key at SELECTOR._domainkey and sign with it; authcheck dkim keygen makes one."},
		{ID: "dkim-strength", Area: areaDKIM, Title: "DKIM keys of 2048 bits or Ed25519", Domain: 4, Message: 2, Effort: report.ChangeServer,
			Base: "dkim-key", Rules: []string{"dkim-rsa-under-2048", "dkim-rsa-under-1024", "dkim-rsa-below-policy"}, Ask: "--selector NAME", judge: dkimQuality,
			Cure: "Publish a new key of 2048 bits under another selector, and sign with it."},
		{ID: "dkim-in-force", Area: areaDKIM, Title: "No DKIM key in test mode", Domain: 2, Message: 1, Effort: report.EditRecord,
			Base: "dkim-key", Rules: []string{"dkim-flag-test"}, Ask: "--selector NAME", judge: dkimQuality},
		{ID: "dkim-pass", Area: areaDKIM, Title: "A signature of the message is valid", Message: 12, Effort: report.ChangeServer,
			Rules: []string{"dkim-unsigned", "dkim-flag-strict", "dkim-sig-*"}, judge: dkimPass,
			Cure: "Sign the message with DKIM where nothing changes it any more, and publish the key."},
		{ID: "dkim-sig-strength", Area: areaDKIM, Title: "Signature with SHA-256 and a key of 2048 bits or Ed25519", Message: 4, Effort: report.ChangeServer,
			Base: "dkim-pass", Rules: []string{"dkim-sig-weak-key", "dkim-sig-sha1"}, judge: signatureStrength,
			Cure: "Sign with rsa-sha256 and a key of 2048 bits or more."},
		{ID: "dkim-sig-coverage", Area: areaDKIM, Title: "Signature covers the fields that people see, and the whole body", Message: 5, Effort: report.ChangeServer,
			Base: "dkim-pass", Rules: []string{"dkim-sig-recommended-header-unsigned", "dkim-sig-l-tag"}, judge: signatureCoverage,
			Cure: "Let h= name From, Subject, Date, To, Message-ID, MIME-Version and Content-Type, and sign without l=."},
	}
}

func dmarcRows() []Row {
	return []Row{
		{ID: "dmarc-record", Area: areaDMARC, Title: "DMARC record without errors", Domain: 14, Message: 6, Effort: report.EditRecord,
			Rules: []string{"dmarc-missing", "dmarc-multiple-records", "dmarc-*"}, judge: dmarcRecord,
			Cure: `Publish a TXT record at _dmarc below the domain: "v=DMARC1; p=none; rua=mailto:ADDRESS".`},
		{ID: "dmarc-policy", Area: areaDMARC, Title: "DMARC policy quarantine or reject in force", Domain: 10, Message: 6, Effort: report.EditRecord,
			Base: "dmarc-record", Rules: []string{"dmarc-parked-not-reject", "dmarc-p-none", "dmarc-p-none-no-rua", "dmarc-t-test-mode"}, judge: dmarcPolicy,
			Elsewhere: []string{"dmarc-p-none-no-rua"},
			Apart:     true, Cure: "Set p=quarantine or p=reject once the reports show that all mail passes."},
		{ID: "dmarc-reports", Area: areaDMARC, Title: "DMARC reports go somewhere", Domain: 4, Message: 2, Effort: report.EditRecord,
			Base: "dmarc-record", Rules: []string{"dmarc-rua-missing", "dmarc-rua-empty", "dmarc-p-none-no-rua", "dmarc-rua-required-address-missing", "dmarc-report-*", "dmarc-uri-*"}, judge: dmarcReports,
			Cure: "Name an address that takes the reports in rua=."},
		{ID: "dmarc-names-below", Area: areaDMARC, Title: "DMARC policy of the names below as strict", Domain: 2, Message: 1, Effort: report.EditRecord,
			Base: "dmarc-record", Rules: []string{"dmarc-sp-weaker", "dmarc-np-weaker"}, judge: dmarcNamesBelow},
		{ID: "dmarc-pass", Area: areaDMARC, Title: "The message passes DMARC: SPF or DKIM is aligned with From", Message: 14, Effort: report.ChangeServer,
			Base: "dmarc-record", Rules: []string{"dmarc-result-fail", "dmarc-result-permerror", "dmarc-dkim-not-aligned", "dmarc-spf-not-aligned"}, Ask: "--ip ADDRESS --sender ADDRESS or --guess-envelope", judge: dmarcPass,
			Cure: "Sign with d= of the domain in From, or send with MAIL FROM below it."},
	}
}

func hostRows() []Row {
	return []Row{
		{ID: "mx", Area: areaMX, Title: "Mail to the domain goes where it should", Domain: 6, Message: 3, Effort: report.EditRecord,
			Rules: []string{"mx-missing", "mx-implicit-fallback", "mx-null-on-sending-domain", "mx-null-with-others", "mx-null-missing-when-parked", "mx-present-on-parked"}, judge: mx,
			Cure: "Publish an MX record that names a host that takes the domain's mail."},
		{ID: "mx-hosts", Area: areaMX, Title: "Mail hosts without errors", Domain: 2, Message: 1, Effort: report.EditRecord,
			Base: "mx", Rules: []string{"mx-*", "a-*"}, judge: mxHosts},
		{ID: "ptr", Area: areaHost, Title: "Sending host has a name that leads back to it", Domain: 7, Message: 4, Effort: report.AskOther,
			Rules: []string{"ptr-missing", "ptr-*"}, Ask: "--ip ADDRESS", judge: ptr,
			Cure: "Let the holder of the address give it a name, and publish that name with the address."},
		{ID: "ptr-own", Area: areaHost, Title: "Name of the sending host does not look generated", Domain: 3, Message: 1, Effort: report.AskOther,
			Base: "ptr", Rules: []string{"ptr-generic"}, Ask: "--ip ADDRESS", judge: ptr},
		{ID: "helo", Area: areaHost, Title: "Sending host greets with a name of its own", Domain: 4, Message: 2, Effort: report.ChangeServer,
			Rules: []string{"helo-not-client-ip", "helo-literal", "helo-literal-mismatch", "helo-generic", "helo-*"}, Ask: "--helo NAME", judge: helo,
			Cure: "Configure the server to greet with its reverse name."},
		{ID: "dns", Area: areaDNS, Title: "No loops and no aliases that lead nowhere", Domain: 2, Message: 1, Effort: report.EditRecord,
			Rules: []string{"dns-*"}, judge: sound},
		{ID: "ipv6", Area: areaDNS, Title: "Hosts have IPv6 addresses", Domain: 2, Message: 1, Effort: report.ChangeServer,
			Rules: []string{"aaaa-missing", "aaaa-v4-mapped"}, judge: ipv6,
			Cure: "Give the hosts IPv6 addresses, and publish them as AAAA records."},
	}
}

func messageRows() []Row {
	return []Row{
		{ID: "from", Area: areaMessage, Title: "One From field with one domain", Message: 5, Effort: report.ChangeServer,
			Rules: []string{"dmarc-from-multiple-headers", "dmarc-from-multiple-addresses", "dmarc-from-group-or-invalid", "msg-from-missing"}, judge: from,
			Cure: "Send with one From field that holds one address."},
		{ID: "fields", Area: areaMessage, Title: "Date, Message-ID and fields that may stand once are in order", Message: 4, Effort: report.ChangeServer,
			Rules: []string{"msg-date-missing", "msg-date-invalid", "msg-message-id-missing", "msg-message-id-invalid", "msg-single-header-repeated"}, judge: fields,
			Cure: "Let the sending program write one Date, one Message-ID of the form <left@right>, and every other such field once."},
		{ID: "form", Area: areaMessage, Title: "Lines and octets as mail wants them", Message: 3, Effort: report.ChangeServer,
			Rules: []string{"msg-line-too-long", "msg-bare-cr", "msg-nul", "msg-bad-header-line", "msg-no-separator", "dkim-sig-bare-lf"}, judge: form,
			Cure: "Let the sending program write lines of at most 998 octets that end in CRLF, without NUL and bare CR."},
		{ID: "unsubscribe", Area: areaMessage, Title: "One-click unsubscribe, covered by a signature", Message: 4, Effort: report.ChangeServer,
			Rules: []string{"msg-list-unsubscribe-missing", "msg-list-unsubscribe-no-https", "msg-list-unsubscribe-post-missing", "msg-list-unsubscribe-post-invalid", "dkim-sig-list-unsubscribe-unsigned"}, judge: unsubscribe,
			Cure: "Add List-Unsubscribe with one https URI and List-Unsubscribe-Post: List-Unsubscribe=One-Click, and sign both."},
	}
}

func capRows() []Row {
	return []Row{
		{ID: "cap-all-pass", Area: areaSPF, Title: "SPF authorizes every host", Cap: 20,
			Rules: []string{"spf-all-pass", "spf-cidr-zero", "spf-include-all-pass"}, Lifted: []string{"spf-ending"}, judge: found},
		{ID: "cap-forged", Area: areaMessage, Title: "From is not proved to be true", Cap: 30,
			Rules: []string{"dmarc-result-fail", "dmarc-from-multiple-headers", "dmarc-from-multiple-addresses"}, Lifted: []string{"dmarc-pass", "from"}, judge: forged},
		{ID: "cap-unproved", Area: areaMessage, Title: "No signature proves From, and SPF was not checked", Cap: 50, Effort: report.ChangeServer,
			Rules: []string{"dmarc-result-fail"}, judge: unproved,
			Cure: "Say who handed the message over (--ip ADDRESS --sender ADDRESS or --guess-envelope); where SPF proves nothing either, sign with d= of the domain in From."},
		{ID: "cap-permerror", Area: areaSPF, Title: "SPF ends in permerror", Cap: 40,
			Rules:  []string{"spf-multiple-records", "spf-too-many-lookups", "spf-too-many-void-lookups", "spf-mx-over-10", "spf-include-permerror", "spf-include-nxdomain", "spf-include-no-record", "spf-include-loop", "spf-redirect-no-record"},
			Lifted: []string{"spf-record", "spf-limits"}, judge: permError},
		{ID: "cap-no-dmarc", Area: areaDMARC, Title: "No DMARC record applies", Cap: 50,
			Rules: []string{"dmarc-missing", "dmarc-multiple-records"}, Lifted: []string{"dmarc-record"}, judge: noDMARC},
	}
}
