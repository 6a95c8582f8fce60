package expression

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// plain returns the plain text of a text. It is a part of value where that needs no decoding; otherwise it is
// made in the arena.
func (m *machine) plain(at int, value []byte) ([]byte, error) {
	if err := m.step(at, len(value)); err != nil {
		return nil, err
	}
	inside := value[1 : len(value)-1]
	if bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return inside, nil
	}
	if len(m.arena)+3*len(inside) > maxMemory { // each byte that is not UTF-8 becomes three
		return nil, m.source.errorf(at, "this needs too much memory: a text is too long for it")
	}
	start := len(m.arena)
	m.arena, _ = rawjson.AppendUnescaped(m.arena, inside)
	return m.made(start), nil
}
