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

// exampleRSASigner is the key of the messages sturdy.eml and fragile.eml, made for them.
// Nobody has its private half.
const exampleRSASigner = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApB6aKALwTiGBXbI4xazzvHGf23g6iTnFMZiQndHEj25P54xvi4TFgo66jJ/vWHS9yWSSz06nBODeJYIvhto63klgquS6DCyaa+knAdM20H9hOpWYXydHhABQS/lhUpvjz48wbbT889xgqMVWSLilYkNGRPvxh/mr+pioW379UZB++v+0MVBRQHQPB4J5iv15Y7O4y27We8rSIo61iK4uGmYu6tjIRckYxt+QRRPFtzaQ9zTH+mc8ME+WMyfD48wQxII1VOrU9kfmb3Z0R8g6UDjwFbzqo6CsSZyenNLcxZxyDBN+0qnjIeWaMxbupiO1g7chhCYW8n+Bol/J7gTEkwIDAQAB"

// sturdy is the example of a message whose signature covers all it should, and forbids
// more fields of the names that people go by.
func sturdy() lint.Example { return storedRSA("sturdy.eml") }

// fragile is the example of a message whose signature covers two fields beside From, and
// to which another Subject was added.
func fragile() lint.Example { return storedRSA("fragile.eml") }

func storedRSA(file string) lint.Example {
	return lint.Example{Zone: published("v=DKIM1; k=rsa; p=" + exampleRSASigner).Zone, Args: []string{"verify", "testdata/mail/" + file}}
}
