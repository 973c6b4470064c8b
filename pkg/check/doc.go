// Package check runs the stages in their order: it gathers facts, lets the rules
// judge them and puts everything into one report. It holds the list of all rules
// and the configuration.
package check
