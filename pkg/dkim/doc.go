// Package dkim reads and judges the records in which DomainKeys Identified Mail
// publishes its public keys (RFC 6376, RFC 8301, RFC 8463). Parse keeps every
// octet of a record with its place and takes the key down to its numbers, Inspect
// gathers the keys of a domain, and KeyRules judge what Inspect gathered.
package dkim
