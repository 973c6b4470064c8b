// Package message reads a saved mail message without changing an octet of it
// (RFC 5322): the fields of its header in memory, each with its place, and its body
// in blocks from wherever it lies. What is wrong with the message is named in
// Message.Defects; only what is no mail at all, or too large to hold, is an error.
package message
