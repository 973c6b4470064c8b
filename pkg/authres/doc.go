// Package authres reads and writes the header fields in which a receiver says what
// it found: Authentication-Results (RFC 8601), ARC-Authentication-Results (RFC 8617,
// Section 4.1.1) and Received-SPF (RFC 7208, Section 9.1). Parse, ParseARC and
// ParseReceivedSPF keep every octet with its place, what is broken too; Format and
// FormatReceivedSPF write fields that no value can break out of. What a field claims
// is nobody's verdict: whom to believe is for the caller.
package authres
