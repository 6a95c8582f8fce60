package expression

import "ph2cio/internal/rawjson"

// space is what a name stands for that is no value by itself: it has members only.
type space uint8

const (
	noSpace space = iota
	eventSpace
	personSpace
	eventProperties
	personProperties
)

// spaces are the names that an expression begins with.
var spaces = map[string]space{
	"event":      eventSpace,
	"properties": eventProperties,
	"person":     personSpace,
}

// field is one of event or person, but for their properties.
type field struct {
	name  string
	kinds kinds
	get   func(m *machine, at int) ([]byte, error)
}

// eventFields and personFields have the names of the placeholders in templates.
var (
	eventFields = []field{
		{"event", isText, func(m *machine, at int) ([]byte, error) { return m.text(at, m.row.Event) }},
		{"distinct_id", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.DistinctID) }},
		{"raw_distinct_id", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.RawDistinctID) }},
		{"uuid", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.UUID) }},
		{"timestamp", isNumber | isNil, func(m *machine, at int) ([]byte, error) {
			if !m.row.HasTimestamp {
				return nil, nil
			}
			return m.integer(at, m.row.Timestamp)
		}},
		{"elements_chain", isText | isNil, func(m *machine, _ int) ([]byte, error) { return orNil(m.row.ElementsChain), nil }},
	}
	personFields = []field{
		{"id", isText | isNil, func(m *machine, at int) ([]byte, error) {
			if m.row.Person == nil {
				return nil, nil
			}
			return m.textOrNil(at, m.row.Person.ID())
		}},
		{"distinct_id", isText | isNil, func(m *machine, at int) ([]byte, error) {
			if m.row.Person == nil {
				return nil, nil
			}
			return m.textOrNil(at, m.row.Person.DistinctID())
		}},
	}
)

func (m *machine) textOrNil(at int, plain []byte) ([]byte, error) {
	if plain == nil {
		return nil, nil
	}
	return m.text(at, plain)
}

// personProperties returns the properties of the row's person; none if nobody is known.
func (m *machine) personProperties() (object []byte, members []rawjson.Member) {
	if m.row.Person == nil {
		return nil, nil
	}
	return m.row.Person.Properties()
}
