package transfer

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// ReasonSameIdentifier is for people whose identifier another one has been identified by. Their events go to
// that profile all the same.
const ReasonSameIdentifier = "same_identifier"

// peopleInGroup is how many people are mapped at a time: enough that handing them from one goroutine to
// another costs nothing beside.
const peopleInGroup = 256

// beforeMerge is a person as they are identified before the merges.
func beforeMerge(p *people.Person) *people.Person {
	if p.EmailLate() {
		return p.WithoutEmail()
	}
	return p
}

// keyOfPerson is the key of somebody who is rejected: that of the identify, or of why there can be none.
func keyOfPerson(p *people.Person, identify []byte, o *mapping.Outcome) ledger.Key {
	if o.Bucket == mapping.Send {
		return keyOfText(identify)
	}
	return keyOfText([]byte(o.Reason + "\x00" + p.DistinctID))
}

// markOfPerson is what the ledger keeps of a person once their identify is answered.
func markOfPerson(p *people.Person, identify []byte, o *mapping.Outcome) deliver.Mark {
	return deliver.Mark{
		Key: keyOfText(identify),
		Person: &ledger.Person{
			State: xxh3.Hash128(identify).Bytes(), Kind: string(o.Who.Key), Value: o.Who.Value,
			DistinctID: p.DistinctID, Updated: p.Updated, Email: people.EmailSum(o.Email),
		},
	}
}

// sentBefore reports whether an identify is what an earlier run has sent, or is made of older data than that:
// a persons export that comes no more has said more than the rows do.
func sentBefore(settled *people.Directory, p *people.Person, identify []byte) bool {
	state, updated, before := settled.SentBefore(p)
	return before && (p.Updated < updated || state == xxh3.Hash128(identify).Bytes())
}
