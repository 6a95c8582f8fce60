package posthog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Column is the name that one of PostHog's fields has in a file.
type Column struct {
	Field string // PostHog's name, one of Fields
	Name  string // the column of a CSV, or the key of a JSON row
}

// Fields are what a Column may name.
var Fields = []string{
	"event", "distinct_id", "uuid", "timestamp", "created_at", "properties", "person_id", "person_properties", "team_id",
	"elements_chain",
}

// ParseColumn parses FIELD=NAME. Everything after the first = is the name.
func ParseColumn(text string) (Column, error) {
	field, name, ok := strings.Cut(text, "=")
	switch {
	case !ok || name == "":
		return Column{}, fmt.Errorf("%q is not FIELD=NAME, such as event=my_event_name", text)
	case !slices.Contains(Fields, field):
		return Column{}, fmt.Errorf("%q is not one of PostHog's fields: %s", field, strings.Join(Fields, ", "))
	}
	return Column{field, name}, nil
}

// CheckColumns returns an error if a field or a name occurs twice.
func CheckColumns(columns []Column) error {
	var errs []error
	for i, c := range columns {
		for _, other := range columns[:i] {
			switch {
			case c == other:
			case c.Field == other.Field:
				errs = append(errs, fmt.Errorf("%s cannot be both %q and %q", c.Field, other.Name, c.Name))
			case c.Name == other.Name:
				errs = append(errs, fmt.Errorf("%q cannot be both %s and %s", c.Name, other.Field, c.Field))
			}
		}
	}
	return errors.Join(errs...)
}
