package expression

import "ph2cio/internal/rawjson"

// The bounds of one evaluation. Each is far above what a mapping needs, so that only an accident meets one.
const (
	// maxSteps bounds the time: each operator, call and turn of a loop is a step, and so are each 16 bytes of
	// text that they go through.
	maxSteps = 1_000_000
	// maxMemory bounds the bytes of all values that are made on the way.
	maxMemory = 1 << 20
	// MaxValue is the largest value in bytes that an expression makes. One that it only passes on may have any
	// size.
	MaxValue = 100 << 10
)

// machine is the state of one evaluation. Its memory is used again by the next.
type machine struct {
	source source
	row    *Row
	time   func(text []byte) (micros int64, ok bool)

	cleanNested func(dst, value []byte) []byte // as in Evaluator.CleanNested; nil changes nothing

	steps   int      // that are left
	arena   []byte   // the values that were made
	stack   [][]byte // arguments of calls and elements of lists that are being made
	slots   [][]byte // of variables, and the current elements of loops
	turns   []int    // of loops, by slot
	scratch []byte   // for one function at a time
}

// begin prepares the machine for an expression that needs so many slots, and a row.
func (m *machine) begin(s source, slots int, row *Row) {
	m.source, m.row, m.steps = s, row, maxSteps
	m.arena, m.stack = m.arena[:0], m.stack[:0]
	if len(m.slots) < slots {
		m.slots, m.turns = make([][]byte, slots), make([]int, slots)
	}
}

// step accounts for one step over so many bytes.
func (m *machine) step(at, bytes int) error {
	m.steps -= 1 + bytes>>4
	if m.steps < 0 {
		return m.source.errorf(at, "this takes too many steps: a list or text is too long for it")
	}
	return nil
}

// room checks whether so many bytes more may be made.
func (m *machine) room(at, bytes int) error {
	if bytes > MaxValue {
		return m.source.errorf(at, "the result has more than %d bytes", MaxValue)
	}
	if len(m.arena)+bytes > maxMemory {
		return m.source.errorf(at, "this needs too much memory: a list or text is too long for it")
	}
	return nil
}

// push puts a value onto the stack.
func (m *machine) push(at int, value []byte) error {
	if len(m.stack) >= MaxValue {
		return m.room(at, MaxValue+1) // a list of so many would be too large
	}
	m.stack = append(m.stack, value)
	return nil
}

// text makes a value of plain text.
func (m *machine) text(at int, plain []byte) ([]byte, error) {
	if err := m.room(at, len(plain)+len(`""`)); err != nil {
		return nil, err
	}
	start := len(m.arena)
	m.arena = rawjson.AppendString(m.arena, plain)
	return m.made(start), m.room(at, len(m.arena)-start) // again, with its escapes
}

// made returns the value that the arena has from start on.
func (m *machine) made(start int) []byte { return m.arena[start:len(m.arena):len(m.arena)] }

// list makes a list of the values that the stack has from base on, and takes them off.
func (m *machine) list(at, base int) ([]byte, error) {
	values := m.stack[base:]
	m.stack = m.stack[:base]
	size := len("[]") + len(values)
	for _, value := range values {
		size += max(len(value), len("null"))
	}
	if err := m.room(at, size); err != nil {
		return nil, err
	}
	start := len(m.arena)
	m.arena = append(m.arena, '[')
	for i, value := range values {
		if i > 0 {
			m.arena = append(m.arena, ',')
		}
		m.arena = appendOrNull(m.arena, value)
	}
	m.arena = append(m.arena, ']')
	return m.made(start), nil
}

func appendOrNull(dst, value []byte) []byte {
	if value == nil {
		return append(dst, "null"...)
	}
	return append(dst, value...)
}
