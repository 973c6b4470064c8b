// Package spf reads, judges and evaluates Sender Policy Framework records
// (RFC 7208). Parse keeps every octet of a record with its place, Inspect
// gathers a record with everything it refers to, Check gives the verdict for
// one client, and Rules judge what Inspect gathered.
package spf
