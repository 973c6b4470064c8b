// Package render turns reports into bytes: text for people, JSON for programs, and
// the forms that CI systems read. It decides nothing. What the text leaves out
// follows from the verbosity alone, what annotations and job summaries leave out
// from what GitHub takes; both say how much. The other forms leave nothing out.
package render
