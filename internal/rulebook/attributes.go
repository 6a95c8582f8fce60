package rulebook

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// attributesOf returns the final attributes of a group, as raw JSON.
func (b *book) attributesOf(g *group) map[string]string {
	rows := b.changesOf(g)
	attributes := map[string]string{}
	if base := lastSnapshot(rows); base >= 0 {
		attributes = object(rows[base].PersonProperties)
		rows = rows[base+1:]
	}
	for _, r := range rows {
		apply(attributes, r)
	}
	maps.DeleteFunc(attributes, func(_, value string) bool { return value == "null" })
	return attributes
}

// changesOf returns the rows that can change a group's attributes, in order, with the properties of the persons export
// among them: those come after all rows that are not younger than the export.
func (b *book) changesOf(g *group) []Row {
	rows := filter(b.rows, func(r Row) bool { return isPersonRow(r) && slices.Contains(g.ids, r.DistinctID) })
	if persons := b.exportPersonsOf(g); len(persons) > 0 {
		rows = append(rows, Row{
			Timestamp: b.ExportedAt, UUID: "ffffffff-ffff-ffff-ffff-ffffffffffff", Ref: math.MaxUint64,
			PersonProperties: b.exported[persons[len(persons)-1]].properties,
		})
	}
	slices.SortFunc(rows, compareChanges)
	return rows
}

// lastSnapshot returns the index of the last row with a snapshot, or -1.
func lastSnapshot(rows []Row) int {
	for i, r := range slices.Backward(rows) {
		if r.PersonProperties != "" {
			return i
		}
	}
	return -1
}

// apply changes attributes as a row says: set, then set_once, then unset.
func apply(attributes map[string]string, r Row) {
	if r.Name == "$exception" || r.Name == "$$heatmap" {
		return
	}
	maps.Copy(attributes, object(r.Set))
	for key, value := range object(r.SetOnce) {
		if _, has := attributes[key]; !has {
			attributes[key] = value
		}
	}
	for _, key := range r.Unset {
		delete(attributes, key)
	}
}

// object returns the values of a JSON object by key; of a key that stands in it twice, the last.
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
