package people

import (
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// Person is one person to send. It is shared and must not be changed.
type Person struct {
	DistinctID string        // the kept ID
	Value      string        // of the identifier, under By
	UUID       *rawjson.UUID // PostHog's person UUID, as on the newest row; nil when unknown or not asked for
	Updated    int64         // unix seconds of the newest row with attributes or a change of them, 0 when none has a time
	attributes fold.Final    // where they are
	Number     uint32        // from 0, in order of Directory.People; then those who are sent without an identify
	By         By
	Events     bool // has an event to send

	rank         identity.Rank
	sent         uint32 // place among those whom earlier runs have sent, from 1
	known        bool   // there is a profile already
	late         bool   // their email is another profile's until that is merged into theirs
	withoutEmail bool   // somebody else has it
}

// Known reports whether Customer.io has a profile of the person already, by Options.Existing.
func (p *Person) Known() bool { return p.known }

// Why says in plain words why the person keeps its ID.
func (p *Person) Why() string {
	switch p.rank {
	case identity.Sent, identity.SentAnonymous:
		return "an earlier run sent it"
	case identity.Existing, identity.ExistingAnonymous, identity.ChosenExisting:
		return "Customer.io already has a profile with it"
	case identity.Chosen:
		return "it matches --user-id"
	case identity.Identified:
		return "the earliest ID that somebody logged in with or that is not machine-made"
	case identity.Email:
		return "the earliest ID that somebody logged in with, though it is an email"
	case identity.NotMachine:
		return "the earliest ID that is not machine-made"
	case identity.Machine:
		return "the earliest ID"
	}
	return "there is no shorter ID"
}

// EmailLate reports whether the person's email is that of a profile which is to be merged into theirs: they
// get it after the merge.
func (p *Person) EmailLate() bool { return p.late }

// WithoutEmail is the person as long as the email is another profile's.
func (p *Person) WithoutEmail() *Person {
	without := *p
	without.withoutEmail = true
	return &without
}

// SentBefore reports whether an earlier run has sent the person.
func (p *Person) SentBefore() bool { return p.sent != 0 }

// By is a kind of identifier to send a person under.
type By uint16 // and not uint8, which vet lets become a string

const (
	ByID    By = iota // the kept ID
	ByEmail           // the `email` attribute, or a distinct ID that is an email where there is none
	ByCioID           // the `cio_id` attribute, with or without its `cio_` in front
)

var byNames = [...]string{"id", "email", "cio_id"}

// String is Customer.io's name of the kind, such as "email".
func (b By) String() string { return byNames[b] }

// ByName returns the kind of that name; false when there is none.
func ByName(name string) (By, bool) {
	i := slices.Index(byNames[:], name)
	return By(max(i, 0)), i >= 0
}
