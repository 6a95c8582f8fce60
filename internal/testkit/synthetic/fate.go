package synthetic

import "bytes"

// damage is how a row is not valid.
type damage uint8

const (
	whole        damage = iota
	cutOff              // the line ends too early
	notARow             // the line is something else altogether
	bareWord            // a value that JSON does not have
	controlBytes        // a control character inside a JSON string
	damages             // how many there are, with whole
)

// damage decides whether row n is broken, and how.
func (g *generator) damage(n int64) damage {
	if g.chance(saltBroken, n) >= g.options.Invalid/100 {
		return whole
	}
	return whole + 1 + damage(mix(uint64(n)+saltBroken)%(uint64(damages)-1))
}

// source returns which row row n is made from: itself, or an earlier one that it repeats, which is neither
// broken nor a repetition.
func (g *generator) source(n int64) (int64, bool) {
	if !g.repeats(n) {
		return n, false
	}
	for try := range int64(20) {
		earlier := int64(g.chance(saltCopied+saltShuffle*(try+1), n) * float64(n))
		if !g.repeats(earlier) && g.damage(earlier) == whole {
			return earlier, true
		}
	}
	return n, false
}

func (g *generator) repeats(n int64) bool {
	return n > 0 && g.chance(saltCopied, n) < g.options.Duplicates/100
}

// chance is one throw, at least 0 and below 1: a function of the seed and its arguments.
func (g *generator) chance(salt, n int64) float64 {
	return float64(mix(mix(g.options.Seed+uint64(salt)<<32)^uint64(n))>>11) / (1 << 53)
}

var (
	bareWords    = []string{`undefined`, `NaN`, `-Infinity`, `True`, `'text'`, `+1`, `0x1f`, `"open`}
	controlTexts = []string{"\"a\x00b\"", "\"a\x1fb\"", "\"a\tb\"", "\"\x08\""}
	notRows      = []string{`undefined`, `NaN`, `<html><body>502 Bad Gateway</body></html>`, `Killed`, `]`, `Traceback (most recent call last):`}
)

// breakProperties spoils the row's properties, if that is the kind of damage.
func (r *row) breakProperties() {
	var value string
	switch r.broken {
	case bareWord:
		value = pick(r.shuffle, bareWords)
	case controlBytes:
		value = pick(r.shuffle, controlTexts)
	default:
		return
	}
	rest := bytes.Clone(r.properties[1:])
	r.properties = append(append(append(r.properties[:0], `{"broken":`...), value...), ',')
	r.properties = append(r.properties, rest...)
}

// breakLine spoils a line of JSON, without its end, if that is the kind of damage. What stays of it is never
// valid.
func (r *row) breakLine(line []byte) []byte {
	switch r.broken {
	case cutOff:
		return line[:1+r.shuffle.IntN(len(line)-1)]
	case notARow:
		return append(line[:0], pick(r.shuffle, notRows)...)
	default:
		return line
	}
}
