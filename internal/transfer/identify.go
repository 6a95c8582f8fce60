package transfer

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// ReasonSameIdentifier is for people who have the identifier of somebody sent before them, and so get no
// identify. Their events go to the profile with that identifier.
const ReasonSameIdentifier = "same_identifier"

// peopleInGroup is how many people a worker maps at a time. It makes the cost of handing them over
// negligible.
const peopleInGroup = 256

// beforeMerge returns the person as sent before the merges: without the email if it has to wait for a merge.
func beforeMerge(p *people.Person) *people.Person {
	if p.EmailLate() {
		return p.WithoutEmail()
	}
	return p
}

// keyOfPerson returns the key of a rejected person: that of the identify, or of the reason if there is none.
func keyOfPerson(p *people.Person, identify []byte, o *mapping.Outcome) ledger.Key {
	if o.Bucket == mapping.Send {
		return keyOfText(identify)
	}
	return keyOfText([]byte(o.Reason + "\x00" + p.DistinctID))
}

// markOfPerson returns, given the identify that mapping.Mapper.Person makes, what the ledger stores of a
// person once their identify is accepted.
func (r *run) markOfPerson(p *people.Person, identify []byte, o *mapping.Outcome) deliver.Mark {
	return deliver.Mark{
		Key: keyOfText(identify), Settles: r.toBeSent[p.Number],
		Person: &ledger.Person{
			State: xxh3.Hash128(identify).Bytes(), Kind: string(o.Who.Key), Value: o.Who.Value,
			DistinctID: p.DistinctID, Updated: p.Updated, Email: p.KnownEmail(people.EmailSum(o.Email)),
		},
	}
}

// sentBefore reports whether an earlier run has sent the same identify, or one with newer data. The data may
// be newer than that of this run if the earlier run also read an export of persons.
func sentBefore(directory *people.Directory, p *people.Person, identify []byte) bool {
	return isOlder(directory, p) || sentSame(directory, p, identify)
}

// isOlder reports whether an earlier run has sent the person with newer data.
func isOlder(directory *people.Directory, p *people.Person) bool {
	_, updated, before := directory.SentBefore(p)
	return before && p.Updated < updated
}

// sentSame reports whether an earlier run has sent the same identify.
func sentSame(directory *people.Directory, p *people.Person, identify []byte) bool {
	state, _, before := directory.SentBefore(p)
	return before && state == xxh3.Hash128(identify).Bytes()
}
