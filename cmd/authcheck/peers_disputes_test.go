package main

import (
	"strings"
	"testing"
)

// dispute is messages on which a referee differs, with what it says of their
// signatures and why it does. Sections are those of RFC 6376.
type dispute struct{ ids, says, why string }

// openDisputes returns the disputes by message.
func openDisputes(t *testing.T, disputes []dispute) map[string]dispute {
	t.Helper()
	open := map[string]dispute{}
	for _, d := range disputes {
		for id := range strings.FieldsSeq(d.ids) {
			if _, twice := open[id]; twice {
				t.Errorf("%s is listed twice", id)
			}
			open[id] = d
		}
	}
	return open
}

var dkimpyDisputes = []dispute{
	{"query-list-with-dns-txt", "permfail", "3.5, q=: methods that are not known are ignored; it knows one name alone"},
	{"h-without-from", "pass", "6.1.1: From must be signed; it does not look"},
	{"l-too-long", "pass", "3.5, l=: no more octets than the body has; it does not look"},
	{"rsa-sha1", "pass", "RFC 8301, 3.1: rsa-sha1 is not used for verifying; it takes it still"},
	{"key-h-excludes-sha256", "pass", "6.1.2, step 6: the hash must be in h= of the key; it does not read h="},
	{"key-service-list", "permfail", "3.6.1, s=: a list, in which email is enough; it takes it for one name"},
	{"key-t-s-subdomain", "pass", "3.6.1, t=: with s, i= has the domain of d=; it does not read t="},
	{"key-type-mismatch", "crash", "6.1.2, step 8: PERMFAIL; it has Ed25519 verify the RSA signature, which raises what it does not expect"},
	{"key-version-not-first", "pass", "3.6.1, v=: the first tag; it takes it anywhere"},
	{"key-with-unrelated-txt", "permfail", "6.1.2, step 4: a verifier may take one record or try all; it takes the first"},
	{"key-timeout key-servfail", "permfail", "6.1.2, step 2: TEMPFAIL is optional; it says true or false"},
	{"three-mixed", "permfail permfail pass", "6.1.2, step 2: the same"},
	{"wsp-before-colon", "refused", "3.4.2: blanks before the colon are deleted; it wants none"},
}

var mailDKIMDisputes = []dispute{
	{"body-no-final-crlf", "permfail", "3.4.3: CRLF is added where there is none at the end; it adds none"},
	{"l-zero", "permfail", "3.5, l=: octets, counted from 0; it takes 0 for no limit"},
	{"l-too-long", "pass", "3.5, l=: no more octets than the body has; it does not look"},
	{"x-before-t", "pass", "3.5, x=: later than t=; it does not compare them"},
	{"missing-v missing-h missing-bh mine_ietf01_3 mine_ietf01_4", "pass", "6.1.1: PERMFAIL where a required tag is missing; it takes signatures of the drafts"},
	{"duplicate-tag", "pass", "3.2: a list with a tag twice is invalid; it takes one of them"},
	{"h-without-from", "pass", "6.1.1: From must be signed; it does not look"},
	{"key-timeout key-servfail", "permfail", "6.1.2, step 2: TEMPFAIL is optional; it has no such result"},
	{"three-mixed", "permfail permfail pass", "6.1.2, step 2: the same"},
	{"key-bare-pkcs1", "permfail", "3.6.1, k=: it is what the text asks for; it reads only what everybody publishes"},
	{"key-version-not-first", "pass", "3.6.1, v=: the first tag; it takes it anywhere"},
	{"key-h-list", "permfail", "3.6.1, h=: blanks may be around the colon; it wants none"},
	{"key-with-unrelated-txt", "permfail", "6.1.2, step 4: a verifier may take one record or try all; it takes the first"},
}

var mailauthDisputes = []dispute{
	{"body-absent-no-separator", "permfail", "3.4.4: a missing body is hashed as no octets; it wants the empty line behind the header"},
	{"l-zero", "permfail", "3.5, l=: octets, counted from 0; it takes 0 for no limit"},
	{"l-too-long", "pass", "3.5, l=: no more octets than the body has; it does not look"},
	{"l-not-a-number", "pass", "6.1.1: PERMFAIL for a value that is malformed; it takes it for no limit"},
	{"i-other-domain i-suffix-not-subdomain", "pass", "6.1.1: i= is in the domain of d=; it does not read i="},
	{"missing-v mine_ietf01_1 mine_ietf01_3 mine_ietf01_4", "pass", "6.1.1: PERMFAIL where a required tag is missing; it does not read v="},
	{"version-2 mine_ietf05_1 no_body_3", "pass", "6.1.1: PERMFAIL for another version; it does not read v="},
	{"duplicate-tag", "pass", "3.2: a list with a tag twice is invalid; it takes one of them"},
	{"query-unknown", "pass", "3.5, q=: dns/txt must be among the methods; it does not read q="},
	{"h-without-from", "pass", "6.1.1: From must be signed; it does not look"},
	{"rsa-sha1", "pass", "RFC 8301, 3.1: rsa-sha1 is not used for verifying; it takes it still"},
	{"key-bare-pkcs1", "permfail", "3.6.1, k=: it is what the text asks for; it reads only what everybody publishes"},
	{"key-version-not-first", "pass", "3.6.1, v=: the first tag; it takes it anywhere"},
	{"key-h-excludes-sha256", "pass", "6.1.2, step 6: the hash must be in h= of the key; it does not read h="},
	{"key-service-other", "pass", "3.6.1, s=: email must be in the list; it does not read s="},
	{"key-t-s-subdomain", "pass", "3.6.1, t=: with s, i= has the domain of d=; it does not read t="},
	{"key-with-unrelated-txt", "permfail", "6.1.2, step 4: a verifier may take one record or try all; it takes the first"},
	{"ed25519-key-spki-wrapped", "pass", "RFC 8463, 4.2: p= is the key itself; it reads the form of RSA keys, too"},
}

var openDKIMDisputes = []dispute{
	{"missing-v missing-a missing-d missing-s missing-h bad_ietf01_1 bad_ietf01_2 good_ietf00_1 good_ietf00_2 good_ietf00_4 " +
		"good_ietf01_1 mine_ietf01_1 mine_ietf01_3 mine_ietf01_4", "stopped", "6.1.1: PERMFAIL where a required tag is missing; it stops before it verifies"},
	{"duplicate-tag", "pass", "3.2: a list with a tag twice is invalid; it takes one of them"},
	{"mine_ietf05_1 no_body_3", "pass", "6.1.1: PERMFAIL for another version; it takes 0.5 of the drafts"},
	{"rsa-sha1", "pass", "RFC 8301, 3.1: rsa-sha1 is not used for verifying; it takes it still"},
	{"rfc8463-a3-no-final-newline body-no-final-crlf-relaxed", "", "3.4.4: CRLF is added where there is none at the end; it takes the message for unsigned"},
	{"key-timeout key-servfail", "permfail", "6.1.2, step 2: TEMPFAIL; its test mode reads a file, in which no question fails"},
	{"three-mixed", "permfail permfail pass", "6.1.2, step 2: the same"},
	{"key-bare-pkcs1", "permfail", "3.6.1, k=: it is what the text asks for; it reads only what everybody publishes"},
	{"key-version-not-first", "pass", "3.6.1, v=: the first tag; it takes it anywhere"},
	{"key-p-not-base64 key-no-p", "tempfail", "6.1.2, step 5: PERMFAIL; it takes a broken record for a passing fault"},
	{"key-with-unrelated-txt", "tempfail", "6.1.2, step 4: a verifier may take one record or try all; it takes the first"},
}
