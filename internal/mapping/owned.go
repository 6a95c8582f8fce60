package mapping

// owned are the attributes of a row that rules of a mapping file set. What else would be sent under their
// names is left out.
type owned struct {
	turn  uint64
	turns []uint64 // by the number of the name: the row in which a rule set it last
	rules []int    // by the number of the name: that rule
}

func (o *owned) init(names int) { o.turns, o.rules = make([]uint64, names), make([]int, names) }

// begin starts a row.
func (o *owned) begin() { o.turn++ }

// add notes that a rule sets the attribute whose name has a number. Of several rules the last counts.
func (o *owned) add(number, rule int) { o.turns[number], o.rules[number] = o.turn, rule }

// by reports whether this rule sets the attribute whose name has a number.
func (o *owned) by(number, rule int) bool {
	return o.turns[number] == o.turn && o.rules[number] == rule
}

// has reports whether a rule sets the attribute.
func (o *owned) has(k *key) bool { return k.ruled > 0 && o.turns[k.ruled-1] == o.turn }
