package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
)

// The functions of this file write the text of one value, or report that it stands for null: see
// Column.write.

func load32(raw []byte) uint32 { return binary.LittleEndian.Uint32(raw) }
func load64(raw []byte) uint64 { return binary.LittleEndian.Uint64(raw) }

func writeNothing(dst, _ []byte) ([]byte, bool) { return dst, true }

func writeBoolean(dst, raw []byte) ([]byte, bool) { return strconv.AppendBool(dst, raw[0] != 0), false }

func writeInt32(dst, raw []byte) ([]byte, bool) {
	return strconv.AppendInt(dst, int64(int32(load32(raw))), 10), false
}

func writeInt64(dst, raw []byte) ([]byte, bool) {
	return strconv.AppendInt(dst, int64(load64(raw)), 10), false
}

func writeUint32(dst, raw []byte) ([]byte, bool) {
	return strconv.AppendUint(dst, uint64(load32(raw)), 10), false
}

func writeUint64(dst, raw []byte) ([]byte, bool) {
	return strconv.AppendUint(dst, load64(raw), 10), false
}

func writeFloat(dst, raw []byte) ([]byte, bool) {
	return appendFloat(dst, float64(math.Float32frombits(load32(raw))), 32)
}

func writeDouble(dst, raw []byte) ([]byte, bool) {
	return appendFloat(dst, math.Float64frombits(load64(raw)), 64)
}

// writeFloat16 writes a number with one bit of sign, five of exponent and ten of fraction.
func writeFloat16(dst, raw []byte) ([]byte, bool) {
	half := binary.LittleEndian.Uint16(raw)
	exponent, fraction := int(half>>10&31), float64(half&1023)
	var v float64
	switch exponent {
	case 31:
		return dst, true
	case 0:
		v = math.Ldexp(fraction, -24)
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if half>>15 != 0 {
		v = -v
	}
	return appendFloat(dst, v, 32)
}

// appendFloat appends a number as encoding/json does. Those that JSON does not have are null.
func appendFloat(dst []byte, v float64, bits int) ([]byte, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst, true
	}
	form, large, small := byte('f'), 1e21, 1e-6
	if bits == 32 {
		large, small = float64(float32(large)), float64(float32(small))
	}
	if abs := math.Abs(v); abs != 0 && (abs < small || abs >= large) {
		form = 'e'
	}
	dst = strconv.AppendFloat(dst, v, form, -1, bits)
	if n := len(dst); form == 'e' && n >= 4 && string(dst[n-4:n-1]) == "e-0" {
		dst[n-2] = dst[n-1] // e-7, not e-07
		dst = dst[:n-1]
	}
	return dst, false
}

// writeUUID writes 16 bytes in lower case with hyphens.
func writeUUID(dst, raw []byte) ([]byte, bool) {
	from := 0
	for i, to := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, raw[from:to])
		from = to
	}
	return dst, false
}

// appendDecimal appends a number of units of 10^-scale, with all digits after the point.
func appendDecimal(dst []byte, units int64, scale int) []byte {
	var digits [20]byte
	if units < 0 {
		dst = append(dst, '-')
		return appendPoint(dst, strconv.AppendUint(digits[:0], -uint64(units), 10), scale)
	}
	return appendPoint(dst, strconv.AppendUint(digits[:0], uint64(units), 10), scale)
}

// appendPoint appends digits with a point before the last scale of them.
func appendPoint(dst, digits []byte, scale int) []byte {
	if scale == 0 {
		return append(dst, digits...)
	}
	if whole := len(digits) - scale; whole > 0 {
		dst = append(dst, digits[:whole]...)
		digits = digits[whole:]
	} else {
		dst = append(dst, '0')
	}
	dst = append(dst, '.')
	for range scale - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// mostDecimal is how many bytes a decimal of mostDigits digits has at most.
const mostDecimal = mostDigits * 10 / 24

// appendBigDecimal appends a number in two's complement, its highest byte first. Numbers with more digits
// than a column may have are null.
func appendBigDecimal(dst, raw []byte, scale int) ([]byte, bool) {
	negative := len(raw) > 0 && raw[0] >= 0x80
	var sign byte
	if negative {
		sign = 0xff
	}
	for len(raw) > 8 && raw[0] == sign {
		raw = raw[1:]
	}
	if len(raw) == 0 || len(raw) <= 8 && negative == (raw[0] >= 0x80) {
		units := int64(int8(sign))
		for _, b := range raw {
			units = units<<8 | int64(b)
		}
		return appendDecimal(dst, units, scale), false
	}
	if len(raw) > mostDecimal {
		return dst, true
	}
	v := new(big.Int).SetBytes(raw)
	if negative {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
		dst = append(dst, '-')
	}
	return appendPoint(dst, v.Abs(v).Append(nil, 10), scale), false
}
