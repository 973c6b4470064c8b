// Package publish writes TXT records in the forms in which DNS servers, panels and
// tools take them. Every form keeps the octets of the value as they are, or is
// refused.
package publish
