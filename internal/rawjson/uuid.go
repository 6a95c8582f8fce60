package rawjson

import "encoding/hex"

const notHex = 0xff

// hexValue gives a hex digit's value, and notHex for every other byte.
var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = notHex
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// AllHex reports whether b has only hex digits, in either case.
func AllHex(b []byte) bool {
	for _, c := range b {
		if hexValue[c] == notHex {
			return false
		}
	}
	return true
}

// UUID is a UUID as 16 bytes. The zero value is a UUID too, so a missing UUID must be recorded separately.
type UUID [16]byte

// Append appends the UUID's 36 characters, in lower case.
func (u UUID) Append(dst []byte) []byte {
	dst = hex.AppendEncode(dst, u[:4])
	for _, span := range [][2]int{{4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		dst = append(dst, '-')
		dst = hex.AppendEncode(dst, u[span[0]:span[1]])
	}
	return dst
}

// ParseUUID parses a UUID with hyphens or without, in either case. ok is false for any other text.
func ParseUUID(b []byte) (u UUID, ok bool) {
	switch len(b) {
	case 32:
		return u, hexBytes(u[:], b)
	case 36:
		ok = b[8] == '-' && b[13] == '-' && b[18] == '-' && b[23] == '-' &&
			hexBytes(u[:4], b[:8]) && hexBytes(u[4:6], b[9:13]) && hexBytes(u[6:8], b[14:18]) &&
			hexBytes(u[8:10], b[19:23]) && hexBytes(u[10:], b[24:])
		return u, ok
	}
	return u, false
}

// hexBytes decodes twice as many digits as dst has bytes.
func hexBytes(dst, src []byte) bool {
	bad := byte(0)
	for i := range dst {
		high, low := hexValue[src[2*i]], hexValue[src[2*i+1]]
		bad |= high | low // only notHex sets a bit of the upper half
		dst[i] = high<<4 | low
	}
	return bad < 16
}
