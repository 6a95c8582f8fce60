package posthog

import "bytes"

// WithoutPerson reports whether PostHog ingests events of this name without persons: they create and change
// no person, and the `person_properties` in their rows belong to no person. Source:
// github.com/PostHog/posthog, nodejs/src/worker/ingestion/persons/person-update.ts, and the pipelines of
// errors, heatmaps and AI events beside it.
func WithoutPerson(event []byte) bool {
	return len(event) > 3 && event[0] == '$' &&
		(string(event) == "$exception" || string(event) == "$$heatmap" || string(event[:4]) == "$ai_")
}

// WithoutProfile reports whether events of this name alone are no reason for a profile: those without
// persons, and `$feature_flag_called`, which an application sends for any ID that it checks.
func WithoutProfile(event []byte) bool {
	return WithoutPerson(event) || string(event) == "$feature_flag_called"
}

// Unsubscribed is the event of somebody who unsubscribed from the emails of PostHog's workflows, from all or
// from those of one category. Its distinct ID is the address (github.com/PostHog/posthog, event source
// workflows_unsubscribe).
const Unsubscribed = "$workflows_email_unsubscribed"

// OwnEvent reports whether a name begins with a `$`, as those of PostHog's own events do. A name without it
// is the customer's. So may be one with it that is not Documented.
func OwnEvent(name []byte) bool { return len(name) > 0 && name[0] == '$' }

// Documented reports whether a name with a `$` is that of an event which PostHog documents as its own
// (github.com/PostHog/posthog, posthog/taxonomy/taxonomy.py; posthog/api/person.py for
// `$delete_person_property`). Others are of a later version, or a customer's own.
func Documented(name []byte) bool {
	switch string(name) {
	case "$pageview", "$screen", "$identify", "$set", "$unset", "$create_alias", "$merge_dangerously", "$groupidentify",
		"$delete_person_property", "$feature_enrollment_update", "$autocapture", "$copy_autocapture", "$rageclick",
		"$dead_click", "$pageleave", "$$heatmap", "$web_vitals",
		"$feature_flag_called", "$feature_view", "$feature_interaction", "$element_viewed", "$exception", "$csp_violation",
		"$capture_metrics", "$opt_in", "$snapshot", "$performance_event", "$bot_pageview", "$$plugin_metrics":
		return true
	}
	for _, family := range ownFamilies {
		if bytes.HasPrefix(name, family) {
			return true
		}
	}
	return false
}

var ownFamilies = [][]byte{[]byte("$ai_"), []byte("$mcp_"), []byte("$conversations_"), []byte("$session_recording_"),
	[]byte("$workflows_")}
