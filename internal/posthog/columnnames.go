package posthog

import (
	"slices"
	"strings"
)

// The names of CSV columns and JSON keys: those that are read, and others that exports have.

var distinctIDColumns = []string{"*.distinct_id", "distinct_id", "Person .distinct_id", "person.distinct_id"}

// eventColumns are the columns of an event that are read. `*` is the whole event; other columns, such as
// `event`, repeat parts of it and count only for what it lacks.
var eventColumns = []struct {
	field string
	names []string // in order of preference
}{
	{"uuid", []string{"*.uuid", "uuid"}},
	{"id", []string{"id"}},
	{"event", []string{"*.event", "event"}},
	{"distinct_id", distinctIDColumns},
	{"person_id", []string{"*.person_id", "person_id", "Person .id", "person.id"}},
	{"team_id", []string{"*.team_id", "team_id"}},
	{"timestamp", []string{"*.timestamp", "timestamp"}},
	{"created_at", []string{"*.created_at", "created_at"}},
	{"person_mode", []string{"*.person_mode", "person_mode"}},
	{"elements_chain", []string{"*.elements_chain", "elements_chain"}},
	{"properties", []string{"*.properties", "properties"}},
	{"person_properties", []string{"person_properties", "person.properties"}},
	{"person", []string{"person"}},
	{"set", []string{"*.set", "set"}},
	{"set_once", []string{"*.set_once", "set_once"}},
	{"unset", []string{"*.unset", "unset"}},
}

// isEventColumn reports whether a column of an export of events is read.
func isEventColumn(name string) bool {
	for _, c := range eventColumns {
		if slices.Contains(c.names, name) {
			return true
		}
	}
	return false
}

// personColumns are the columns of persons that are read, except those into which IDs and properties are
// flattened.
var personColumns = []string{
	"distinct_id", "person_id", "uuid", "id", "person_distinct_id_version", "person_version", "version", "is_deleted",
	"is_identified", "team_id", "_inserted_at", "created_at", "properties",
}

// isPersonColumn reports whether a column of an export of persons is read.
func isPersonColumn(name string) bool {
	return slices.Contains(personColumns, name) || name == "distinct_ids" ||
		strings.HasPrefix(name, "distinct_ids.") || strings.HasPrefix(name, "properties.")
}

var flatPrefixes = map[string]string{"properties": "*.properties.", "person_properties": "person.properties."}

// beside reports whether a column is one that PostHog or ClickHouse writes in addition to those of an event,
// perhaps as part of the whole event `*`.
func beside(name string) bool {
	name = strings.TrimPrefix(name, "*.")
	return slices.Contains(besideNames, name) || slices.ContainsFunc(besidePrefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}

var besideNames = []string{
	"*", "elements", "elements_hash", "inserted_at", "$session_id", "$window_id", "session_id", "window_id", "person",
	"person_created_at", "person_mode", "team_id", "id", "Url / Screen", "Lib", "site_url", "now", "sent_at", "ip", "historical_migration",
	"person.uuid", "person.distinct_ids", "person.created_at", "person.is_identified",
	"Person .display_name", "Person .distinct_ids", "Person .created_at", "Person .is_identified",
	"group_set", "azure_blob_ingested_timestamp", "bq_ingested_timestamp",
}

var besidePrefixes = []string{
	"_", "elements_chain", "elements.", "group0_", "group1_", "group2_", "group3_", "group4_", "$group_", "mat_", "dmat_", "pmat_",
	"person.distinct_ids.", "Person .distinct_ids.",
}

// ownNames are the known names of columns: of events, of persons and of other files.
var ownNames = func() (names []string) {
	for _, c := range eventColumns {
		names = append(names, c.names...)
	}
	names = append(names, personColumns...)
	names = append(names, besideNames...)
	return append(names, "group_type_index", "group_key", "start_timestamp", "$start_timestamp")
}()

var ownPrefixes = []string{"*.properties.", "properties.", "person.properties.", "distinct_ids."}
