// Package mapping turns PostHog's events and people into Customer.io's operations. It is the only package
// that speaks both vocabularies.
//
// Its files form layers. A file names only what lies in its own line or below:
//
//	Sizer                                       whether a row's operation fits, before people are known
//	RuleUse, NoValue, UnmetFilter               what the rules and test-accounts of a mapping file have done
//	Classifier                                  what becomes of a row, and of its changes of a person, before that
//	Mapper                                      a row, a person or a merge becomes an operation
//	Options, New (newrules), Rules, fileRules   the flags and the mapping file, checked; names, times
//	eventMapper, personMapper, identifierRules  properties become attributes; the identifier of a person
//	pageAttributes, acting, assignment          pages and screens and their names; rules that act on a row; templates
//	computing, rowPerson, usedProperties        the values of expressions; the person that they look at
//	attributes                                  those of the operation that is being built, and their changes
//	keys, owned, key                            how properties of one name are treated, decided once
//	names, span, cleaner, template              names of events, times, values, templates
//	filterTally, testAccounts                   what customers' rows and attributes match, and what was compared
//	tally, fileRule                             counts of what rules of a mapping file do; such a rule
//	Outcome, cuts, Changes, Dotted, Globs       the outcome of a row; counts of changes; patterns
//	place, allowed, nearest, text               names with a meaning in Customer.io; a name that is meant; plain texts
//
// EventIDs stand beside them: the IDs that events have in Customer.io, which must never change.
//
// Rules are shared by all goroutines. A Mapper, a Classifier, a Sizer and EventIDs belong to one goroutine
// each: they hold scratch memory, so that mapping an event allocates nothing.
package mapping

import (
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mappingfile"
)

// Options are the mapping's flags, as text where a flag is text. The zero value of each is its default.
type Options struct {
	Now               time.Time      // the run's own now; must be set
	Events            []string       // names and globs: only these, PostHog's own too
	SkipEvents        []string       // names and globs
	PageName          string         // url, url-no-query, path, title, event
	ScreenName        string         // name, event
	Dots              string         // replaces the dots in attribute names; empty keeps them
	Properties        string         // custom, all
	DropProperties    []string       // globs
	RedactQuery       []string       // more query parameter names to redact
	PersonProperties  string         // custom, all
	Unset             string         // keep, remove: what becomes of attributes that a person no longer has
	DateAttributes    []string       // globs
	AllowReserved     []string       // names
	PersonAttributes  []string       // name=template
	EventAttributes   []string       // name=template
	IdentifierKey     customerio.Key // with IdentifierValue, else ignored; default id
	IdentifierValue   string         // template; empty sends each person under their own identifier
	EventValueLimit   int            // bytes; 0 is no limit
	IdentifyTimestamp bool
	Since, Until      time.Time // of the event, from Since up to but not including Until; zero is no bound
	LiveSince         time.Time // of created_at; zero is none
	LiveBackfilled    []Range   // of timestamp: PostHog's own destination has sent these events in backfills
	HoldRecent        bool      // hold events younger than 72 hours

	File *mappingfile.File // its rules and test accounts; its settings are ignored. Nil is none
}
