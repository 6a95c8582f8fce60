package mapping

import (
	"fmt"
	"strings"

	"ph2cio/internal/spelling"
)

// field is the meaning of a placeholder.
type field uint8

const (
	fieldLiteral field = iota
	fieldEvent
	fieldDistinctID
	fieldRawDistinctID
	fieldUUID
	fieldTimestamp
	fieldElementsChain
	fieldPersonID
	fieldEventProperty
	fieldPersonProperty
)

// part is a literal or a placeholder.
type part struct {
	field   field
	literal string // of fieldLiteral, else the placeholder as it is written
	key     string // of fieldEventProperty and fieldPersonProperty
}

// The texts that are allowed between braces, in PostHog's words.
var placeholders = []struct {
	name  string
	field field
}{
	{"event.event", fieldEvent},
	{"event.distinct_id", fieldDistinctID},        // the ID that the person is sent under
	{"event.raw_distinct_id", fieldRawDistinctID}, // the row's own
	{"event.uuid", fieldUUID},
	{"event.timestamp", fieldTimestamp}, // unix seconds
	{"event.elements_chain", fieldElementsChain},
	{"person.id", fieldPersonID}, // PostHog's person UUID
}

const (
	eventProperties  = "event.properties."
	personProperties = "person.properties."
)

func parsePlaceholder(inside string) (part, error) {
	p := part{literal: "{" + inside + "}"}
	name := strings.TrimSpace(inside)
	for _, known := range placeholders {
		if name == known.name {
			p.field = known.field
			return p, nil
		}
	}
	if key, ok := strings.CutPrefix(name, eventProperties); ok && key != "" {
		p.field, p.key = fieldEventProperty, key
		return p, nil
	}
	if key, ok := strings.CutPrefix(name, personProperties); ok && key != "" {
		p.field, p.key = fieldPersonProperty, key
		return p, nil
	}
	return p, unknownPlaceholder(name)
}

func unknownPlaceholder(name string) error {
	var known []string
	for _, p := range placeholders {
		known = append(known, "{"+p.name+"}")
	}
	known = append(known, "{"+eventProperties+"NAME}", "{"+personProperties+"NAME}")
	hint := ""
	if meant := nearestPlaceholder(name); meant != "" {
		hint = fmt.Sprintf(" (did you mean {%s}?)", meant)
	}
	return fmt.Errorf("{%s} is not a placeholder%s; the placeholders are %s", name, hint, strings.Join(known, " "))
}

// nearestPlaceholder returns the placeholder that was probably meant, or "".
func nearestPlaceholder(name string) string {
	best, meant := 3, ""
	for _, known := range placeholders {
		_, short, _ := strings.Cut(known.name, ".")
		if d := min(spelling.Distance(name, known.name), spelling.Distance(name, short)); d < best {
			best, meant = d, known.name
		}
	}
	if meant != "" {
		return meant
	}
	scope, key, _ := strings.Cut(name, ".")
	if group, property, ok := strings.Cut(key, "."); ok && property != "" && spelling.Distance(group, "properties") < 4 {
		for _, prefix := range []string{eventProperties, personProperties} {
			if spelling.Distance(scope+".", strings.TrimSuffix(prefix, "properties.")) < 3 {
				return prefix + property
			}
		}
	}
	for _, prefix := range []string{eventProperties, personProperties} {
		scope, _, _ := strings.Cut(prefix, ".")
		key, ok := strings.CutPrefix(name, scope+".")
		if key = strings.TrimPrefix(key, "properties"); ok && strings.Trim(key, ".") != "" {
			return prefix + strings.Trim(key, ".")
		}
	}
	if key, ok := strings.CutPrefix(name, "properties."); ok && key != "" {
		return eventProperties + key
	}
	return ""
}
