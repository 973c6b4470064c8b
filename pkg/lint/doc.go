// Package lint holds the vocabulary of judgement: a Source is a text, a Span a
// place in it, a Rule looks at gathered facts and reports Findings, and a Doc
// says what the rule means. It knows no protocol and does no input or output.
package lint
