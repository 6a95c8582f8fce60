package posthog

import (
	"errors"
	"slices"
	"strings"
)

// leftOut is a warning of columns that are not read and are not among those that PostHog's own exports have beside what
// is read. It is nil if there are none.
func leftOut(names []string, takes func(name string) bool) *SourceError {
	var out []string
	for _, name := range names {
		if name != "" && name != string(unread) && !takes(name) && !beside(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return &SourceError{
		Kind: Warning, Err: errors.New("these columns are not part of an event and are left out: " + listed(out)),
		Hint: "to send one, rename it properties.NAME (of the event) or person.properties.NAME (of the person); if it is one of PostHog's fields, use --column FIELD=NAME",
	}
}

// beside reports whether a column is one that PostHog or ClickHouse writes beside an event's own, perhaps as part of
// the whole event `*`.
func beside(name string) bool {
	name = strings.TrimPrefix(name, "*.")
	return slices.Contains(besideNames, name) || slices.ContainsFunc(besidePrefixes, func(prefix string) bool {
		return strings.HasPrefix(name, prefix)
	})
}

var besideNames = []string{
	"*", "elements", "elements_hash", "inserted_at", "$session_id", "$window_id", "session_id", "window_id", "person", "person_created_at",
	"person_mode", "team_id", "id", "Url / Screen", "Lib", "site_url", "now", "sent_at", "ip", "historical_migration",
	"person.uuid", "person.distinct_ids", "person.created_at", "person.is_identified",
	"Person .display_name", "Person .distinct_ids", "Person .created_at", "Person .is_identified",
	"set", "set_once", "unset", "azure_blob_ingested_timestamp", "bq_ingested_timestamp",
}

var besidePrefixes = []string{
	"_", "elements_chain", "elements.", "group0_", "group1_", "group2_", "group3_", "group4_", "$group_", "mat_", "dmat_", "pmat_",
	"person.distinct_ids.", "Person .distinct_ids.",
}
