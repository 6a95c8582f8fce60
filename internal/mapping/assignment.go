package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// assignment is an attribute and the template it is made from.
type assignment struct {
	key *key
	template
}

var errNoName = errors.New("there is no name before the =")

// newAssignment parses name=template. decide returns the key of the attribute.
func newAssignment(text string, decide func(name string) *key) (assignment, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return assignment{}, errors.New("write name=template, such as plan={person.properties.plan}")
	}
	if name = strings.TrimSpace(name); name == "" {
		return assignment{}, errNoName
	}
	a := assignment{key: decide(name)}
	if text := a.key.refusal(name, "--allow-reserved %s"); text != "" {
		return a, errors.New(text)
	}
	var err error
	a.template, err = parseTemplate(value)
	return a, err
}

// failed is the outcome of a row or person for which the template of a flag has no value.
func (a *assignment) failed(flag string, err error) Outcome {
	return rejected(ReasonExpression, fmt.Sprintf("--%s %s: %v", flag, a.key.name, err))
}

// newAssignments parses the values of a flag that sets attributes.
func newAssignments(flag string, texts []string, decide func(string) *key) ([]assignment, error) {
	var all []assignment
	for _, text := range texts {
		a, err := newAssignment(text, decide)
		if err != nil {
			return nil, fmt.Errorf("--%s: %s: %w", flag, text, err)
		}
		if sets(all, a.key.out) {
			return nil, fmt.Errorf("--%s sets %s twice", flag, a.key.out)
		}
		all = append(all, a)
	}
	return all, nil
}

// sets reports whether one of the assignments makes an attribute of this name.
func sets(all []assignment, out string) bool {
	return slices.ContainsFunc(all, func(a assignment) bool { return a.key.out == out })
}
