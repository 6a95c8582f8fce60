package workspace

import "maps"

// Counts are the totals of what was in the requests, and what became of it.
type Counts struct {
	Items    int64            `json:"items"`    // operations in batches and entities that were looked at
	Accepted int64            `json:"accepted"` // of Items
	Rejected int64            `json:"rejected"` // of Items
	Actions  map[string]int64 `json:"actions"`  // accepted, by type and action such as person.identify
	Waiting  int64            `json:"waiting"`  // accepted and not applied yet

	People         int64 `json:"people"`          // there are now
	PeopleCreated  int64 `json:"people_created"`  // ever: the high-water mark that is billed
	Objects        int64 `json:"objects"`         // there are now
	ObjectsCreated int64 `json:"objects_created"` // ever
	UpdateMisses   int64 `json:"update_misses"`   // identify with _update of nobody

	EventsStored         int64 `json:"events_stored"`
	EventsForgotten      int64 `json:"events_forgotten"` // over Limits.KeptEvents
	Deduped              int64 `json:"deduped"`          // events accepted and not stored again
	RepeatedIDs          int64 `json:"repeated_ids"`     // accepted events whose ID had come before
	WithoutID            int64 `json:"without_id"`       // events
	NonULID              int64 `json:"non_ulid"`         // events whose ID is not a ULID
	TimestampRewritten   int64 `json:"timestamp_rewritten"`
	WithoutTimestamp     int64 `json:"without_timestamp"` // events
	FutureTimestamp      int64 `json:"future_timestamp"`
	CouldTriggerCampaign int64 `json:"could_trigger_campaign"` // events
	AnonymousEvents      int64 `json:"anonymous_events"`
	AnonymousLinked      int64 `json:"anonymous_linked"` // that joined a person

	SkippedUpdate          int64 `json:"skipped_update"`          // identifies of which something was too old
	FailedAttributeChange  int64 `json:"failed_attribute_change"` // attributes
	Merges                 int64 `json:"merges"`                  // done, AutoMerges among them
	AutoMerges             int64 `json:"auto_merges"`
	MergesWithoutPrimary   int64 `json:"merges_without_primary"`
	MergesWithoutSecondary int64 `json:"merges_without_secondary"`
	MergesWithThemselves   int64 `json:"merges_with_themselves"`

	ConsentChanges       int64            `json:"consent_changes"`    // identifies with unsubscribed or preferences
	CampaignOverrides    int64            `json:"campaign_overrides"` // events with recipient, from_address, reply_to
	ReservedKeys         map[string]int64 `json:"reserved_keys"`      // of people and events, by name
	BadCreatedAt         int64            `json:"bad_created_at"`     // not unix seconds: no date condition matches
	IgnoredSuppressed    int64            `json:"ignored_suppressed"`
	IgnoredUnknown       int64            `json:"ignored_unknown"` // operations on what does not exist
	IgnoredRelationships int64            `json:"ignored_relationships"`
}

func newCounts() *Counts {
	return &Counts{Actions: map[string]int64{}, ReservedKeys: map[string]int64{}}
}

// clone returns a copy that shares nothing.
func (c *Counts) clone() Counts {
	copied := *c
	copied.Actions, copied.ReservedKeys = maps.Clone(c.Actions), maps.Clone(c.ReservedKeys)
	return copied
}
