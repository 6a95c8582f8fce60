package expression

import "strings"

// Function is one function of the language, for help and for the completion of editors.
type Function struct {
	Usage   string // how it is called, such as "lower(text)"; what is in [ ] may be left out
	Does    string // what it gives
	Example string // an expression with it
	Gives   string // the JSON that the example gives
}

// Name returns the function's name.
func (f Function) Name() string {
	name, _, _ := strings.Cut(f.Usage, "(")
	return name
}

// function is one that this package knows. Unless it says otherwise, it gives nil where an argument is nil.
type function struct {
	Function
	takes    []kinds // of the arguments
	optional int     // how many of the last arguments may be left out
	more     bool    // the last argument may come any number of times
	nils     bool    // call gets arguments that are nil
	gives    kinds   // without nil, unless nil is all it can give otherwise
	prepare  func(c *compiler, k *call) error
	call     func(m *machine, k *call, values [][]byte) ([]byte, error)
}

// call is one call of a function.
type call struct {
	of        *function
	at        int
	arguments []*node
	layout    []layoutPart // of format_date
}

// takes returns the kinds that an argument may have.
func (k *call) takes(i int) kinds { return k.of.takes[min(i, len(k.of.takes)-1)] }

// needs says in errors what an argument must be.
func (k *call) needs(i int) string {
	needs := k.of.Name() + " takes " + k.takes(i).String()
	if i > 0 && !k.of.more {
		needs += " there"
	}
	return needs
}

// run computes the arguments and then the function.
func (k *call) run(m *machine) ([]byte, error) {
	base := len(m.stack)
	for i, argument := range k.arguments {
		v, err := argument.run(m)
		if err != nil {
			return nil, err
		}
		if v == nil && !k.of.nils {
			m.stack = m.stack[:base]
			return nil, nil
		}
		if kind := kindOf(v); kind&(k.takes(i)|isNil) == 0 {
			return nil, argument.wrong(m.source, k.at, k.needs(i), kind)
		}
		if err := m.push(k.at, v); err != nil {
			return nil, err
		}
	}
	if err := m.step(k.at, 0); err != nil {
		return nil, err
	}
	v, err := k.of.call(m, k, m.stack[base:])
	m.stack = m.stack[:base]
	return v, err
}

// errorf returns an error at the place of the call.
func (k *call) errorf(m *machine, format string, values ...any) *Error {
	return m.source.errorf(k.at, format, values...)
}
