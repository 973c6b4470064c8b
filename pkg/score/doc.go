// Package score turns a report into a number from 0 to 10, with the reason of every
// point that is missing and what wins it back. Rows is the only table of points; what
// is not known costs nothing and lowers the confidence.
package score
