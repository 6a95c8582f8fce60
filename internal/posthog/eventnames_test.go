package posthog

import (
	"strings"
	"testing"
)

func TestWithoutPerson(t *testing.T) {
	for event, want := range map[string]bool{
		"$exception": true, "$$heatmap": true, "$ai_generation": true, "$ai_trace": true,
		"$pageview": false, "ai_generation": false, "$ai": false, "exception": false, "$identify": false, "$feature_flag_called": false, "": false,
	} {
		if got := WithoutPerson([]byte(event)); got != want {
			t.Errorf("%q: got %t, want %t", event, got, want)
		}
	}
}

func TestDocumented(t *testing.T) {
	for event, want := range map[string]bool{
		"$autocapture": true, "$copy_autocapture": true, "$rageclick": true, "$dead_click": true, "$pageleave": true,
		"$$heatmap": true, "$web_vitals": true, "$feature_flag_called": true, "$feature_view": true,
		"$feature_interaction": true, "$element_viewed": true, "$exception": true, "$csp_violation": true,
		"$capture_metrics": true, "$opt_in": true, "$snapshot": true, "$performance_event": true, "$bot_pageview": true,
		"$$plugin_metrics": true, "$session_recording_started": true, "$ai_generation": true, "$ai_tag": true,
		"$mcp_tool_call": true, "$conversations_message": true,
		"$pageview": true, "$screen": true, "$feature_enrollment_update": true, "$identify": true, "$set": true,
		"$unset": true, "$create_alias": true, "$merge_dangerously": true, "$groupidentify": true,
		"$delete_person_property": true, "$workflows_email_sent": true, "$something_new": false, "$pageviews": false,
		"survey shown": false, "Application Installed": false, "Deep link opened": false, "mcp_tool_call": false,
		"product tour shown": false, "autocapture": false, "$Autocapture": false, "$ai": false, "": false, "$": false,
	} {
		if got := Documented([]byte(event)); got != want {
			t.Errorf("%q: got %t, want %t", event, got, want)
		}
		if got := OwnEvent([]byte(event)); got != strings.HasPrefix(event, "$") {
			t.Errorf("%q: is PostHog's own: %t", event, got)
		}
	}
}
