package people

import (
	"slices"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
)

// Person is one person who is sent. Goroutines share it, and nobody may change it. A Directory makes it.
type Person struct {
	DistinctID string        // the kept ID
	Value      string        // the identifier, of the kind By
	UUID       *rawjson.UUID // PostHog's person UUID, by the newest row; nil without Options.PersonIDs
	Updated    int64         // unix seconds of the newest row with attributes; 0 if none has a time
	attributes fold.Final    // where the final attributes are
	Number     uint32        // from 0, in the order of Directory.People, then the others who are sent
	By         By
	Events     bool // has an event to send

	emailBefore  uint64 // EmailSum of the email that Customer.io has because of earlier runs, or gets by a merge; 0 for none, or gaveUpEmail
	rank         identity.Rank
	sent         uint32 // place in the sentTable, plus one; 0 if no earlier run has sent the person
	giver        uint32 // number of the person who gives up the email that this one gets, plus one; 0 for none
	known        bool   // Customer.io has the profile already
	late         bool   // another profile has the email, until it is merged into this one or gives the email up
	withoutEmail bool   // somebody else has the email
	keepsEmail   bool   // with withoutEmail: Customer.io keeps emailBefore
	emailTaken   bool   // somebody else gets emailBefore in this run
}

// Known reports whether Customer.io has the person's profile already, by Options.Existing or because an
// earlier run has sent it.
func (p *Person) Known() bool { return p.known }

// Why returns the reason why DistinctID is the kept ID, in plain words.
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
	case identity.MergedElsewhere:
		return "the earliest ID that is not a visitor's, though a profile with it was merged into another person's"
	case identity.Machine:
		return "the earliest ID"
	}
	if p.rank >= identity.MergedAway {
		return "the earliest ID, though a profile with it was merged into another one"
	}
	return "there is no shorter ID"
}

// EmailLate reports whether another profile still has the person's email: one that is to be merged into
// theirs, or that of somebody who gives the email up in this run. They get it after the merges.
func (p *Person) EmailLate() bool { return p.late }

// EmailFrom returns the number of the person who gives up the email that this one gets late; false if nobody
// does.
func (p *Person) EmailFrom() (number uint32, ok bool) { return p.giver - 1, p.giver != 0 }

func (p *Person) setGiver(number uint32) { p.giver = number + 1 }

// WithoutEmail returns the person as they are sent while the email is another profile's. The email that an
// earlier run has sent stays, unless somebody else gets it.
func (p *Person) WithoutEmail() *Person {
	without := *p
	without.withoutEmail, without.keepsEmail = true, !p.emailTaken
	return &without
}

// FreesEmail reports whether Customer.io has an email for the person because of an earlier run, which an
// identify without an email is to remove.
func (p *Person) FreesEmail() bool {
	return p.emailBefore != 0 && p.emailBefore != gaveUpEmail && !p.keepsEmail
}

// KnownEmail returns what SentPerson.Email is to be in later runs, once the person is sent. It is given the
// EmailSum of the email in the identify; 0 stands for none.
func (p *Person) KnownEmail(sent uint64) uint64 {
	switch {
	case sent != 0 || p.emailBefore == 0:
		return sent
	case p.keepsEmail:
		return p.emailBefore
	}
	return gaveUpEmail
}

// SentBefore reports whether an earlier run has sent the person.
func (p *Person) SentBefore() bool { return p.sent != 0 }

// sendUnder sets the identifier that the person is sent under.
func (p *Person) sendUnder(by By, value string) { p.By, p.Value = by, value }

// loseEmail says that somebody else keeps the person's email.
func (p *Person) loseEmail() { p.withoutEmail = true }

// setResolved says whether Customer.io has the person's profile, and whether the email comes after a merge.
// brought is the EmailSum of an email that merges bring although the person has none; 0 for no such email.
func (p *Person) setResolved(known, late bool, brought uint64) {
	p.known, p.late, p.emailBefore = known, late, brought
}

// setSent says that an earlier run has sent the person, who has a place in the sentTable. email is the
// EmailSum of the email that Customer.io has for them, or gaveUpEmail, and taken says that somebody else gets
// it.
func (p *Person) setSent(place int, email uint64, taken bool) {
	if p.emailBefore == 0 || p.emailBefore == gaveUpEmail { // else a merge brings one
		p.emailBefore = email
	}
	p.sent, p.known, p.emailTaken = uint32(place)+1, true, taken
}

// By is a kind of identifier. The zero value is ByID.
type By uint16 // and not uint8, which vet lets become a string

const (
	ByID    By = iota // the kept ID
	ByEmail           // the `email` attribute, or a distinct ID that is an email where there is none
	ByCioID           // the `cio_id` attribute, with or without its `cio_` in front
)

var byNames = [...]string{"id", "email", "cio_id"}

// String returns Customer.io's name of the kind, such as "email".
func (b By) String() string { return byNames[b] }

// ByName returns the kind with a name, such as "email"; false if there is none.
func ByName(name string) (By, bool) {
	i := slices.Index(byNames[:], name)
	return By(max(i, 0)), i >= 0
}
