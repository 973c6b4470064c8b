// Package render turns reports into bytes: text for people, JSON for programs.
// It decides nothing. What the text leaves out follows from the verbosity alone,
// and the JSON leaves nothing out.
package render
