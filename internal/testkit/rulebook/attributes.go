package rulebook

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// withoutPerson reports whether PostHog ingests events of this name apart from persons: they make no person,
// change none, and what stands beside them as a person's properties is nobody's.
func withoutPerson(event string) bool {
	return event == "$exception" || event == "$$heatmap" || strings.HasPrefix(event, "$ai_")
}

// WithoutProfile reports whether rows of this name alone are no reason for a profile. A $feature_flag_called
// changes a person who is there for another reason.
func WithoutProfile(event string) bool {
	return withoutPerson(event) || event == "$feature_flag_called"
}

// apply changes a person's properties as a row says. First the row's snapshot replaces them, if it has one.
// Then $set_once sets what is absent or null, and $set sets its values. Last, $unset removes what the person
// had before the row.
//
// If the row sets a key that it also removes, the snapshot shows whether the person had the key before:
// PostHog takes it after the row's changes, so a key that is in it was not removed.
func apply(properties map[string]string, r Row) {
	before, stays := maps.Clone(properties), false
	if snapshot := object(r.PersonProperties); len(snapshot) > 0 {
		clear(properties)
		maps.Copy(properties, snapshot)
		before, stays = snapshot, true
	}
	set, setOnce := object(r.Set), object(r.SetOnce)
	for key, value := range setOnce {
		if was, has := properties[key]; !has || was == "null" {
			properties[key] = value
		}
	}
	maps.Copy(properties, set)
	for _, key := range r.Unset {
		_, isSet := set[key]
		_, isSetOnce := setOnce[key]
		_, wasThere := before[key]
		if !isSet && !isSetOnce || wasThere != stays {
			delete(properties, key)
		}
	}
}

// object returns the values of a JSON object by key. Of a key that comes twice the last value counts.
func object(text string) map[string]string {
	if text == "" {
		return map[string]string{}
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		panic(fmt.Sprintf("rulebook: %s is no JSON object: %v", text, err))
	}
	values := map[string]string{}
	for key, value := range raw {
		values[key] = string(value)
	}
	return values
}

// emailOf returns the attribute `email` without space around it, or "" if it is no text.
func emailOf(attributes map[string]string) string {
	var text string
	if json.Unmarshal([]byte(attributes["email"]), &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// withoutNulls returns properties as they are sent.
func withoutNulls(properties map[string]string) map[string]string {
	attributes := maps.Clone(properties)
	maps.DeleteFunc(attributes, func(_, value string) bool { return value == "null" })
	return attributes
}
