package expression

// Evaluator computes expressions for rows. It belongs to one goroutine, which can use it for any number of
// programs: its memory is used again by each evaluation, so that most of them allocate nothing. The zero
// value knows no dates.
type Evaluator struct {
	m machine
}

// NewEvaluator returns an evaluator. parseTime reads the texts and numbers that date functions take, and
// returns microseconds since 1970; nil knows no dates.
func NewEvaluator(parseTime func(text []byte) (micros int64, ok bool)) *Evaluator {
	return &Evaluator{machine{time: parseTime}}
}

// CleanNested makes text(...) take objects and lists as clean appends them to dst, such as without secrets, which
// could not be found in the text later.
func (e *Evaluator) CleanNested(clean func(dst, value []byte) []byte) { e.m.cleanNested = clean }

// JSON appends the value of an expression for a row as JSON. A value that is only passed on has the bytes
// that it has in the row. ok is false if there is no value: nil or null; dst is then unchanged, as it is
// after an error. An error has the type *Error and is one of the row: for other rows there may be a value.
func (e *Evaluator) JSON(dst []byte, p *Program, row *Row) (out []byte, ok bool, err error) {
	e.m.begin(p.source, p.slots, row)
	value, err := p.root.run(&e.m)
	if err != nil || value == nil {
		return dst, false, err
	}
	return append(dst, value...), true, nil
}

// Bool returns the value of a condition for a row; nil is false. Its errors are those of JSON, and what is
// no boolean is one.
func (e *Evaluator) Bool(p *Program, row *Row) (bool, error) {
	e.m.begin(p.source, p.slots, row)
	value, err := p.root.run(&e.m)
	if err != nil {
		return false, err
	}
	if kind := kindOf(value); kind&(isBool|isNil) == 0 {
		return false, p.root.wrong(p.source, p.root.at, aCondition, kind)
	}
	return isTrue(value), nil
}
