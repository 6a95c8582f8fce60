package sandbox

import (
	"maps"

	"ph2cio/internal/sandbox/workspace"
)

// Stats are the totals since New or Reset.
type Stats struct {
	Requests    int64            `json:"requests"`      // to the API, the inspection calls left out
	Statuses    map[string]int64 `json:"statuses"`      // requests by status; "none": broken connection
	Bytes       int64            `json:"bytes"`         // of the requests' bodies
	MaxInFlight int64            `json:"max_in_flight"` // requests at once
	NotJSONType int64            `json:"not_json_type"` // Content-Type is not application/json
	NotUTF8     int64            `json:"not_utf8"`      // body is not UTF-8

	workspace.Counts
}

func newStats(t traffic, c workspace.Counts) Stats {
	return Stats{
		Requests: t.requests, Statuses: maps.Clone(t.statuses), Bytes: t.bytes, MaxInFlight: t.maxInFlight,
		NotJSONType: t.notJSONType, NotUTF8: t.notUTF8, Counts: c,
	}
}
