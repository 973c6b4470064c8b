package dkim

import (
	"strings"

	"github.com/authcheck/authcheck/pkg/lint"
)

// verify is the command that shows an example with a message.
var verify = []string{"verify"}

// exampleSigner is the key of the signed messages in testdata/mail, which were made
// for the examples. Nobody has its private half.
const exampleSigner = "mf+HX2ct/Lua43Rd+j1h42aA887W1csN86GIQXkUQQI="

// signerRecord is the key record of the signed messages.
const signerRecord = "v=DKIM1; k=ed25519; p=" + exampleSigner

// stored is the example of a message of testdata/mail.
func stored(file string) lint.Example {
	return lint.Example{Zone: published(signerRecord).Zone, Args: []string{"verify", "testdata/mail/" + file}}
}

// signed is the example of a message whose signature is in order.
func signed() lint.Example { return stored("signed.eml") }

// sampleTags are the tags of a signature in order, but that its b= was made with no
// key. Its bh= is that of an empty body (RFC 6376, Section 3.4.3).
const sampleTags = "v=1; a=ed25519-sha256; d=example.com; s=s1; h=from; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=QUJD"

// sample is the example of a message whose signature has a tag other than that of
// sampleTags, "" for none, and of its key records.
func sample(tag string, records ...string) lint.Example {
	if len(records) == 0 {
		records = []string{signerRecord}
	}
	tags := strings.Split(sampleTags, "; ")
	name, _, _ := strings.Cut(tag, "=")
	found := false
	for i, t := range tags {
		if strings.HasPrefix(t, name+"=") {
			tags[i], found = tag, true
		}
	}
	if !found && tag != "" {
		tags = append(tags, tag)
	}
	return lint.Example{
		Zone:    published(records...).Zone,
		Message: "DKIM-Signature: " + strings.Join(tags[:4], "; ") + ";\n " + strings.Join(tags[4:], "; ") + "\nFrom: Ann <ann@example.com>\n\n",
		Args:    verify,
	}
}
