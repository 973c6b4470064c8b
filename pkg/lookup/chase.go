package lookup

import (
	"errors"
	"slices"
)

// chase follows the aliases of one question.
type chase struct {
	asked Question
	name  string   // where they have led
	chain []string // the names on the way, the last is name
}

// follow goes on at a name. The error is ErrCNAMELoop.
func (c *chase) follow(target string) error {
	if len(c.chain) == maxChain || target == c.asked.Name || slices.Contains(c.chain, target) {
		return &Error{Question: c.asked, Reason: ErrCNAMELoop, Detail: "at " + target}
	}
	c.chain, c.name = append(c.chain, target), target
	return nil
}

// take uses an outcome for the name where the chase is: an alias is followed,
// anything else is the end.
func (c *chase) take(out *zoneOutcome) (done bool, answer Answer, err error) {
	if out.err != nil {
		return true, Answer{}, c.fail(out.err)
	}
	if len(out.answer.Chain) > 0 {
		err := c.follow(out.answer.Chain[0])
		return err != nil, Answer{}, err
	}
	answer = out.answer
	answer.Chain = c.chain
	return true, answer, nil
}

// fail returns the error for the question asked.
func (c *chase) fail(reason error) error {
	failed := Error{Reason: reason}
	if known, ok := errors.AsType[*Error](reason); ok {
		failed = *known
	}
	failed.Question = c.asked
	if len(c.chain) > 0 && failed.Detail == "" {
		failed.Detail = "alias of " + c.name
	}
	return &failed
}
