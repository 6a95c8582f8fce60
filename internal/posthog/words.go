package posthog

import "encoding/binary"

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load8(data []byte, i int) uint64 { return binary.LittleEndian.Uint64(data[i:]) }

func digit(c byte) bool { return c-'0' < 10 }

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
