package workspace

import "time"

// Activity is something that happened behind a 200, as a workspace's activity log would show it.
type Activity struct {
	Time   time.Time `json:"time"`
	Type   string    `json:"type"`
	Who    string    `json:"who"`
	Detail string    `json:"detail,omitempty"`
}

// Types of activities; the first two are the vendor's own names.
const (
	activityUnchanged  = "failed_attribute_change"
	activitySkipped    = "skipped_update"
	activityRewritten  = "timestamp_rewritten"
	activitySuppressed = "ignored_suppressed"
	activityUnknown    = "ignored_unknown"
	activityMerge      = "profile_merge"
	activityNoMerge    = "merge_ignored"
)
