// Package taglist reads the "tag=value;" lists of DKIM and DMARC records without
// losing an octet (RFC 6376, Section 3.2; RFC 9989, Section 4.8).
package taglist
