package transfer

import (
	"bytes"
	"encoding/json"

	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// maxOptOuts is how many IDs, and how many addresses, optOuts holds at most.
const maxOptOuts = 1 << 20

// optOuts are the people who unsubscribed from the emails of PostHog's workflows. PostHog sends an event for
// each, whose distinct ID mostly is the email address. Both are held as sums of people.Directory.
type optOuts struct {
	ids, addresses map[[16]byte]bool
	people         map[uint32]bool // by number; nil until resolve
}

// optOut is what one such event says.
type optOut struct {
	id, address [16]byte
	hasAddress  bool
}

// optOutOf reads an event of an unsubscription.
func optOutOf(e *posthog.Event, sum func([]byte) [16]byte) optOut {
	one := optOut{id: sum(e.DistinctID)}
	address := e.DistinctID
	for _, m := range e.Members {
		var text string
		if string(e.Properties[m.KeyStart:m.KeyEnd]) == "$email" &&
			json.Unmarshal(e.Properties[m.ValueStart:m.ValueEnd], &text) == nil {
			address = []byte(text)
		}
	}
	if one.hasAddress = people.PlausibleEmail(bytes.TrimSpace(address)); one.hasAddress {
		one.address = sum(people.FoldEmail(nil, address))
	}
	return one
}

func (o *optOuts) add(all []optOut) {
	if len(all) > 0 && o.ids == nil {
		o.ids, o.addresses = map[[16]byte]bool{}, map[[16]byte]bool{}
	}
	for _, one := range all {
		if len(o.ids) < maxOptOuts {
			o.ids[one.id] = true
		}
		if one.hasAddress && len(o.addresses) < maxOptOuts {
			o.addresses[one.address] = true
		}
	}
}

// resolve finds the people with the IDs.
func (o *optOuts) resolve(directory *people.Directory) {
	o.people = map[uint32]bool{}
	for id := range o.ids {
		if p := directory.PersonBySum(id); p != nil {
			o.people[p.Number] = true
		}
	}
	o.ids = nil
}
