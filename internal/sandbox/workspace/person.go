package workspace

import (
	"fmt"
	"maps"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// person is one profile.
type person struct {
	serial     int // order of creation: the older profile has the smaller
	cioID      string
	names      map[string]string // id, email, phone, as given
	attributes map[string]stored
	edited     time.Time // newest time of any attribute
	created    time.Time
	relations  map[*object]map[string]string
	devices    map[string]string // platform by token
	optedOut   bool

	gone     bool // deleted, suppressed or merged away
	into     *person
	mergedAt time.Time
}

// stored is an attribute's JSON and when it was set.
type stored struct {
	json string
	set  time.Time
}

func newPerson(serial int, created time.Time) *person {
	return &person{
		serial:     serial,
		cioID:      fmt.Sprintf("a3%06x", serial),
		names:      map[string]string{},
		attributes: map[string]stored{},
		relations:  map[*object]map[string]string{},
		devices:    map[string]string{},
		created:    created,
	}
}

// cio is the identifier that every person has.
func (p *person) cio() trackapi.Identifier { return trackapi.Identifier{Key: "cio_id", Value: p.cioID} }

// leave notes that the person is deleted, suppressed or merged away.
func (p *person) leave() { p.gone = true }

// mergeInto notes into which person this one was merged, and when.
func (p *person) mergeInto(primary *person, at time.Time) { p.into, p.mergedAt = primary, at }

// editedAt notes that an attribute was set with this time.
func (p *person) editedAt(at time.Time) {
	if at.After(p.edited) {
		p.edited = at
	}
}

// addDevices adds the devices that the person does not have.
func (p *person) addDevices(devices map[string]string) {
	all := maps.Clone(devices)
	maps.Copy(all, p.devices)
	p.devices = all
}

// optOut follows a value of `unsubscribed`.
func (p *person) optOut(unsubscribed trackapi.Value) { p.optedOut = unsubscribed.OptsOut() }

// survivor returns the person into which this one was merged, directly or through others, or this one.
func (p *person) survivor() *person {
	for p.into != nil {
		p = p.into
	}
	return p
}
