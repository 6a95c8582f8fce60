package transfer

import (
	"fmt"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/posthog"
)

// UnknownColumns says that no source has the columns that were named for fields. They are likely misspelt,
// and the fields would be missing from everything that is sent.
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

// checkColumns returns an *UnknownColumns if there are rows and none of them has one of the columns. named
// has a bit for each column that some row has.
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
