package people

import (
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// finals are the final attributes of people.
type finals struct {
	parts *fold.Parts
	keys  *fold.Keys
}

// readers keep the block that they read last.
var readers = sync.Pool{New: func() any { return new(spool.Reader) }}

// at returns the properties that are kept at a place, as fold.ReadProperty reads them, valid until r is used
// again. Trouble with the disk is in Index.Err, and there are none then.
func (f *finals) at(place fold.Final, r *spool.Reader) []byte {
	b, err := f.parts.Read(r, place)
	if err != nil {
		return nil
	}
	return b
}

// name is the plain key of a property.
func (f *finals) name(p *fold.Property) string { return f.keys.KeyName(p.Code, p.Inline) }

// identifiers returns the email and the cio_id at a place, each empty where there is none.
func (f *finals) identifiers(place fold.Final, r *spool.Reader) (email, cioID string) {
	for b := f.at(place, r); len(b) > 0; {
		var one fold.Property
		one, b = fold.ReadProperty(b)
		switch one.Code {
		case emailKey:
			email = string(trimmed(one.Value))
		case cioIDKey:
			cioID = string(bareCioID(one.Value))
		}
	}
	return email, cioID
}
