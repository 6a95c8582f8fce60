package people

// withBit sets a bit in a set that grows with it.
func withBit(set []uint64, number uint32) []uint64 {
	for int(number/64) >= len(set) {
		set = append(set, 0)
	}
	set[number/64] |= 1 << (number % 64)
	return set
}

// hasBit reports whether a bit is set.
func hasBit(set []uint64, number uint32) bool {
	return int(number/64) < len(set) && set[number/64]>>(number%64)&1 != 0
}

// bothIn reports whether both nodes are in a set of bits.
func bothIn(set []uint64, a, b uint32) bool {
	return hasBit(set, a) && hasBit(set, b)
}
