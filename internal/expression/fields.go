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
	is    string // for help
	kinds kinds
	get   func(m *machine, at int) ([]byte, error)
}

// eventFields and personFields have the names of the placeholders in templates.
var (
	eventFields = []field{
		{"event", "the event's name", isText, func(m *machine, at int) ([]byte, error) { return m.text(at, m.row.Event) }},
		{"distinct_id", "the ID that the person is sent under", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.DistinctID) }},
		{"raw_distinct_id", "the row's own distinct ID", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.RawDistinctID) }},
		{"uuid", "the event's UUID", isText | isNil, func(m *machine, at int) ([]byte, error) { return m.textOrNil(at, m.row.UUID) }},
		{"timestamp", "when it happened, in unix seconds", isNumber | isNil, func(m *machine, at int) ([]byte, error) {
			if !m.row.HasTimestamp {
				return nil, nil
			}
			return m.integer(at, m.row.Timestamp)
		}},
		{"elements_chain", "the elements that were clicked", isText | isNil, func(m *machine, _ int) ([]byte, error) { return orNil(m.row.ElementsChain), nil }},
	}
	personFields = []field{
		{"id", "PostHog's UUID of the person", isText | isNil, func(m *machine, at int) ([]byte, error) {
			if m.row.Person == nil {
				return nil, nil
			}
			return m.textOrNil(at, m.row.Person.ID())
		}},
		{"distinct_id", "the ID that the person is sent under", isText | isNil, func(m *machine, at int) ([]byte, error) {
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
