package transfer

import (
	"fmt"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/posthog"
)

// UnknownColumns says that names which were given for fields are in none of the sources: they are likely misspelt, and
// what they stand for would be missing from everything that is sent.
type UnknownColumns struct{ Columns []posthog.Column }

func (e *UnknownColumns) Error() string {
	var names []string
	for _, c := range e.Columns {
		names = append(names, fmt.Sprintf("%q (for %s)", c.Name, c.Field))
	}
	return "no row has a column or key named " + strings.Join(names, ", ")
}

// ExitCode is what the program ends with.
func (e *UnknownColumns) ExitCode() int { return exit.Usage }

// Hint is what to do about it.
func (e *UnknownColumns) Hint() string {
	return "compare --column with a row of the files, and leave out columns that this export does not have"
}

// checkColumns returns an *UnknownColumns if rows were read and a column was in none of them. named has a bit for each
// that was.
func checkColumns(columns []posthog.Column, named uint64, rows int64) error {
	e := &UnknownColumns{}
	for i, c := range columns {
		if c.Field != c.Name && named>>i&1 == 0 {
			e.Columns = append(e.Columns, c)
		}
	}
	if rows == 0 || len(e.Columns) == 0 {
		return nil
	}
	return e
}
