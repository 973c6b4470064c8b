// Package score turns a report into a number from 0 to 10, with the reason of every
// point that is missing and what wins it back. Rows is the only table of points; what
// is not known costs nothing and lowers the confidence; with less than half of the points
// judged, and no fault that caps the score, there is no number.
package score
