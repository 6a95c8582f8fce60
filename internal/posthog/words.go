package posthog

import (
	"encoding/binary"

	"ph2cio/internal/rawjson"
)

// Some functions scan text eight bytes at a time. A word holds eight bytes, the first in its lowest bits.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// load8 returns data[i:i+8] as a word.
func load8(data []byte, i int) uint64 { return binary.LittleEndian.Uint64(data[i:]) }

// zeros is a guard that is put after text that is scanned.
var zeros [rawjson.Guard]byte

func digit(c byte) bool { return c-'0' < 10 }

// ascii reports whether all bytes are below 0x80.
func ascii(text []byte) bool {
	for len(text) >= 8 {
		if load8(text, 0)&highs != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
