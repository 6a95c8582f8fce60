package mappingfile

import "ph2cio/internal/expression"

// File is what a mapping file says. The zero value says nothing.
type File struct {
	Name         string // as it was given to Read
	Settings     []Setting
	TestAccounts []Filter
	Rules        []Rule
	Tests        []Test
}

// Setting is the value of a flag. Whether there is such a flag, and what it takes, is not checked here.
type Setting struct {
	Name   string   // without --, such as page-name
	Values []string // several if the file has a list; numbers as they are written
	List   bool     // the file has a list, which may be empty
	At     Position
}

// Rule says what becomes of the events that it matches. All rules that match an event act, in the order of
// the file.
type Rule struct {
	Events     []string            // names and globs, in path.Match's syntax; an event must match one
	When       *expression.Program // a condition; nil is none
	WhenAt     Position
	Drop       bool      // leave the row out; the rule has nothing else then
	SendAs     string    // event, page, screen, or person: only feeds the person; empty changes nothing
	Name       *Template // of the event, page or screen; nil changes nothing
	NameAt     Position
	Attributes []Attribute // of the event, page or screen
	Person     []Attribute // as if the row had them in $set
	PersonOnce []Attribute // as if the row had them in $set_once
	Dates      []Path      // attributes that become unix seconds
	At         Position
}

// Attribute is a name and its value.
type Attribute struct {
	Name  string
	Value Value
	At    Position // of the name
}

// Value is the value of an attribute.
type Value struct {
	Literal  string // a number or a boolean as JSON; empty if the value is a text
	Template Template
	At       Position
}

// Path leads to values at any depth.
type Path struct {
	Text  string   // as it is written, such as cart.items.*.shipped_at
	Parts []string // globs for names of members and for the numbers of elements, in path.Match's syntax
	At    Position
}

// Filter is one of PostHog's test-account filters. As there, a row is sent only if all filters match.
type Filter struct {
	Key      string // a property
	Type     string // event or person
	Operator string // in PostHog's words, such as not_icontains
	Values   []string
	At       Position
}

// Test is an example: what becomes of rows.
type Test struct {
	Name       string
	Rows       []string // as in an export: JSON objects
	Operations []string // as preview prints them: JSON objects
	At         Position
}
