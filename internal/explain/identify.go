package explain

import (
	"cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// predictedIdentify is what a run would make of a person's profile.
type predictedIdentify struct {
	operation     string // as JSON; empty if there is none
	rejected      string // why it is rejected; empty if it is not
	status        string // of the person, if there is no operation
	rejectsEvents bool   // the person's events are rejected with it
}

// predictIdentify says what a run would make of a person's profile. The person is nil if it is not sent, and
// then the result is zero. identifiersMayMeet is that of transfer.Rules.
func predictIdentify(directory *people.Directory, mapper *mapping.Mapper, person *people.Person, identifiersMayMeet bool) predictedIdentify {
	if person == nil {
		return predictedIdentify{}
	}
	if !directory.GetsIdentify(person) {
		return predictedIdentify{status: "not sent: the filters leave out all of the person's events (--all-people sends the profile)"}
	}
	text, o := mapper.Person(nil, person)
	if o.Bucket != mapping.Send {
		return predictedIdentify{rejected: cmp.Or(o.Detail, o.Reason), status: RejectedWithEvents + o.Reason, rejectsEvents: true}
	}
	if !identifiersMayMeet {
		return predictedIdentify{operation: string(text)}
	}
	if other := sameIdentifier(directory, mapper, person, o.Who); other != nil {
		first := mapping.ShortID(other.DistinctID)
		return predictedIdentify{
			rejected: "another person has the same identifier: " + first,
			status:   "rejected: " + transfer.ReasonSameIdentifier + "; the events go to the profile of " + first,
		}
	}
	return predictedIdentify{operation: string(text)}
}

// sameIdentifier returns somebody who is sent before a person and has the same identifier; nil for nobody.
func sameIdentifier(directory *people.Directory, mapper *mapping.Mapper, person *people.Person, who customerio.Identifier) *people.Person {
	var text []byte
	var o mapping.Outcome
	for p := range directory.People() {
		if p.Number == person.Number {
			break
		}
		if text, o = mapper.Person(text[:0], p); o.Bucket == mapping.Send && o.Who == who {
			return p
		}
	}
	return nil
}
