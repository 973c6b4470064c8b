// Package arc validates the Authenticated Received Chain of a message (RFC 8617):
// who passed it on, what each of them claims to have found, and whether their seals
// hold. Verify does it, Rules judge what it found. The package does not seal.
package arc
