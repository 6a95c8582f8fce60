package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
)

// mendedText returns plain text as valid UTF-8 without U+0000, and what was wrong with it.
func mendedText(text []byte) ([]byte, rawjson.Flaws) {
	if utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 {
		return text, 0
	}
	var found rawjson.Flaws
	var mended []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == 0:
			found |= rawjson.NUL
		case r == utf8.RuneError && size == 1:
			found |= rawjson.Broken
			fallthrough
		default:
			mended = utf8.AppendRune(mended, r)
		}
		text = text[size:]
	}
	return mended, found
}

// shortened returns the longest beginning of a valid UTF-8 text that has at most limit bytes and splits no
// character.
func shortened(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// shownOfID is how many bytes are shown of an ID that is too long for Customer.io, enough to search for.
const shownOfID = 100

// ShortID returns an ID for messages: the beginning and the length of one that is too long for Customer.io,
// any other unchanged.
func ShortID(id string) string {
	if len(id) <= customerio.MaxID {
		return id
	}
	return fmt.Sprintf("%s... (%d bytes)", shortened([]byte(id), shownOfID), len(id))
}

// valueOf returns the value of the last member of an object with a name; nil if there is none.
func valueOf(object []byte, members []rawjson.Member, name string) []byte {
	for _, member := range slices.Backward(members) {
		if string(nameOf(object, member)) == name {
			return object[member.ValueStart:member.ValueEnd]
		}
	}
	return nil
}

// nameOf returns a member's name without escapes.
func nameOf(object []byte, member rawjson.Member) []byte {
	name := object[member.KeyStart:member.KeyEnd]
	if member.Escaped {
		name, _ = rawjson.AppendUnescaped(nil, name)
	}
	return name
}
