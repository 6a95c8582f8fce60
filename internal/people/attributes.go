package people

import (
	"bytes"
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// The codes of the keys that identify people, and of the first other key.
const (
	emailKey = fold.FirstKey + iota
	cioIDKey
	otherKeys
)

// keysOf returns the table of property keys for an index with these options.
func keysOf(o *Options) *fold.Keys {
	return fold.NewKeys(fold.KeyOptions{
		Keep: o.Keep, Added: o.Added, DropDollar: o.DropDollar, Dollars: o.Dollars, Names: append([]string{"email", "cio_id"}, o.KeyNames...),
	})
}

// emailOf returns a person's final email without space around it, and the place of the row that set it. ok is
// false if there is none that is plausible.
func emailOf(st *fold.State) (email []byte, at fold.ChangeOrder, ok bool) {
	value, at, _ := st.Value(emailKey)
	email = trimmed(value)
	return email, at, PlausibleEmail(email)
}

// cioIDOf returns a person's final cio_id as the API takes it, without `cio_` in front, and the place of the
// row that set it; false if there is none.
func cioIDOf(st *fold.State) ([]byte, fold.ChangeOrder, bool) {
	value, at, _ := st.Value(cioIDKey)
	id := bareCioID(value)
	return id, at, len(id) > 0
}

// bareCioID returns the text of a JSON string without `cio_` in front.
func bareCioID(value []byte) []byte { return bytes.TrimPrefix(trimmed(value), []byte("cio_")) }

const noTime = identity.NoTime

// orderOf returns a row's place in the order of changes. If its timestamp is after now, created_at replaces
// that.
func orderOf(e *posthog.Event, now int64) fold.ChangeOrder {
	at, stamp := int64(noTime), int64(noTime)
	if taken := e.TakenIn(); taken.State == posthog.Known {
		at = taken.Micros
	}
	switch {
	case e.Timestamp.State != posthog.Known:
	case e.Timestamp.Micros > now && e.CreatedAt.State == posthog.Known:
		stamp = e.CreatedAt.Micros
	default:
		stamp = e.Timestamp.Micros
	}
	var uuid rawjson.UUID
	if e.HasUUID {
		uuid = e.UUID
	}
	return fold.ChangeOrder{Order: identity.Order{At: at, UUID: uuid}, Stamp: stamp, Ref: e.Ref}
}

// feeds reports whether a row may change its person's attributes. A row with a timestamp after now does so at
// the time of its created_at; if that is unknown or after now too, it changes nothing. Otherwise a wrong
// clock would overwrite all later changes.
func feeds(e *posthog.Event, now int64) bool {
	wrong := func(t posthog.Time) bool { return t.State == posthog.Known && t.Micros > now }
	return !wrong(e.Timestamp) || e.CreatedAt.State == posthog.Known && !wrong(e.CreatedAt)
}

// attributeRowOf returns what a row says of its person's attributes. at is its place. With uuids that
// includes the person's UUID.
func attributeRowOf(e *posthog.Event, at *fold.ChangeOrder, now int64, uuids bool) (r fold.Row) {
	r.At = *at
	if uuids {
		r.UUID = e.PersonID
	}
	if feeds(e, now) {
		r.SetOnce, r.Set, r.Unset, r.Snapshot, r.Members = e.SetOnce, e.Set, e.Unset, e.PersonProperties, e.PersonMembers
		r.Added, r.AddedOnce = e.Added, e.AddedOnce
		if r.HasSnapshot() {
			r.Hash()
		}
	}
	return r
}

// finals read the final attributes of people.
type finals struct {
	parts *fold.Parts
	keys  *fold.Keys
}

// readers are reused because each keeps the block that it read last.
var readers = sync.Pool{New: func() any { return new(spool.Reader) }}

// at returns the properties at a place, for fold.ReadProperty. They are valid until r is used again. On an
// error of the disk it returns none; Index.Err reports the error.
func (f *finals) at(place fold.Final, r *spool.Reader) []byte {
	b, err := f.parts.Read(r, place)
	if err != nil {
		return nil
	}
	return b
}

// name returns the plain key of a property.
func (f *finals) name(p *fold.Property) string { return f.keys.KeyName(p.Code, p.Inline) }

// identifiers returns the email and the cio_id at a place; empty for one that is not there.
func (f *finals) identifiers(place fold.Final, r *spool.Reader) (email, cioID string) {
	for b := f.at(place, r); len(b) > 0; {
		var one fold.Property
		one, b = fold.ReadProperty(b)
		switch {
		case one.Removed():
		case one.Code == emailKey:
			email = string(trimmed(one.Value))
		case one.Code == cioIDKey:
			cioID = string(bareCioID(one.Value))
		}
	}
	return email, cioID
}
