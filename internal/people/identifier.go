package people

import "slices"

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
