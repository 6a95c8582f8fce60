package explain

import (
	"cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// RejectedWithEvents begins the status of somebody whose identify cannot be made; behind it is the reason.
const RejectedWithEvents = "rejected, with all of the person's events: "

// predictIdentify says what becomes of the person's identify, which decides about their events too.
func (x *explaining) predictIdentify(plan *export.Plan) {
	if x.person == nil {
		return
	}
	if !x.learned.People.GetsIdentify(x.person) {
		x.why.Status = "not sent: the filters leave out all of the person's events (--all-people sends the profile)"
		return
	}
	text, o := x.mapper.Person(nil, x.person)
	if o.Bucket != mapping.Send {
		x.why.Rejected = cmp.Or(o.Detail, o.Reason)
		x.why.Status = RejectedWithEvents + o.Reason
		x.mapper.Refused = map[uint32]bool{x.person.Number: true}
		return
	}
	if other := x.sameIdentifier(plan, o.Who); other != nil {
		first := mapping.ShortID(other.DistinctID)
		x.why.Rejected = "another person has the same identifier: " + first
		x.why.Status = "rejected: " + export.ReasonSameIdentifier + "; the events go to the profile of " + first
		return
	}
	x.why.Identify = string(text)
}

// sameIdentifier returns the person who is identified, before this one, by the same identifier; nil for nobody.
func (x *explaining) sameIdentifier(plan *export.Plan, who customerio.Identifier) *people.Person {
	if !plan.IdentifiersMayMeet {
		return nil
	}
	var text []byte
	var o mapping.Outcome
	for p := range x.learned.People.People() {
		if p.Number == x.person.Number {
			break
		}
		if text, o = x.mapper.Person(text[:0], p); o.Bucket == mapping.Send && o.Who == who {
			return p
		}
	}
	return nil
}
