// Package dmarc reads DMARC records, finds the one that applies to a domain and
// says what it makes of a message (RFC 9989, and RFC 7489 for older receivers).
package dmarc
