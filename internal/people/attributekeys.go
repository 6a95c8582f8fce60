package people

import (
	"bytes"

	"ph2cio/internal/fold"
)

// The numbers of the keys that identify people.
const (
	emailKey = fold.FirstKey + iota
	cioIDKey
	otherKeys
)

// keysOf makes the table of the keys that are kept.
func keysOf(o *Options) *fold.Keys {
	return fold.NewKeys(fold.KeyOptions{
		Keep: o.Keep, DropDollar: o.DropDollar, Dollars: o.Dollars, Names: append([]string{"email", "cio_id"}, o.KeyNames...),
	})
}

// emailOf returns a person's final email, trimmed, if it is a plausible one, and the row that set it.
func emailOf(st *fold.State) ([]byte, fold.Order, bool) {
	value, at, _ := st.Value(emailKey)
	email := trimmed(value)
	return email, at, PlausibleEmail(email)
}

// cioIDOf returns a person's final cio_id as the API wants it, without `cio_` in front, and the row that set
// it.
func cioIDOf(st *fold.State) ([]byte, fold.Order, bool) {
	value, at, _ := st.Value(cioIDKey)
	id := bareCioID(value)
	return id, at, len(id) > 0
}

func bareCioID(value []byte) []byte { return bytes.TrimPrefix(trimmed(value), []byte("cio_")) }
