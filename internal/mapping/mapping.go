// Package mapping turns PostHog's events and people into Customer.io's operations. It is the only package that speaks
// both vocabularies.
package mapping

import (
	"time"

	"ph2cio/internal/customerio"
)

// Options are the mapping's flags, as text where a flag is text. The zero value of each is its default.
type Options struct {
	Now               time.Time      // the run's own now; must be set
	Events            []string       // names and globs: only these, also of PostHog's own
	SkipEvents        []string       // names and globs
	PageName          string         // url, url-no-query, path, title, event
	ScreenName        string         // name, event
	Dots              string         // stands in for the dots in attribute names; empty leaves them
	Properties        string         // custom, all
	DropProperties    []string       // globs
	RedactQuery       []string       // more query parameter names to redact
	PersonProperties  string         // custom, all
	DateAttributes    []string       // globs
	AllowReserved     []string       // names
	PersonAttributes  []string       // name=template
	EventAttributes   []string       // name=template
	IdentifierKey     customerio.Key // with IdentifierValue, else ignored; default id
	IdentifierValue   string         // template; empty leaves each person under their own identifier
	EventValueLimit   int            // bytes; 0 is no limit
	IdentifyTimestamp bool
	Since, Until      time.Time // of the event, from Since up to but not including Until; zero is no bound
	LiveSince         time.Time // of created_at; zero is none
	HoldRecent        bool      // hold events younger than 72 hours
}
