package expression

// Program is a compiled expression. Any number of goroutines may use it, each with an Evaluator of its own.
type Program struct {
	source source
	root   *node
	uses   Uses
	slots  int
}

// Uses returns what the expression looks at.
func (p *Program) Uses() Uses { return p.uses }

// String returns the expression as it was written.
func (p *Program) String() string { return string(p.source) }
