// Package dkim reads and judges DomainKeys Identified Mail (RFC 6376, RFC 8301,
// RFC 8463).
//
// Of the records that hold public keys, Parse keeps every octet with its place and
// takes the key down to its numbers, Inspect gathers the keys of a domain, and
// KeyRules judge what Inspect gathered.
//
// Of a message, Verify judges all signatures. It is made of steps that the chains
// of RFC 8617 need one by one: ParseSignature reads a field, AskKeys asks for the
// keys, BodyHashes reads the body, Pick and Digest put together what a signature is
// over, and Judge gives the verdict.
//
// Generate makes key pairs, and Sign signs messages with them.
package dkim
