package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// Stats are the totals since New or Reset.
type Stats struct {
	Requests    int64            `json:"requests"`      // to the API, the inspection calls left out
	Statuses    map[string]int64 `json:"statuses"`      // requests by status; "none" where the connection broke
	Bytes       int64            `json:"bytes"`         // of the requests' bodies
	MaxInFlight int64            `json:"max_in_flight"` // requests at once
	NotJSONType int64            `json:"not_json_type"` // batches and entities whose Content-Type is not application/json
	NotUTF8     int64            `json:"not_utf8"`      // and whose body is not UTF-8

	Counts
}

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

	ConsentChanges       int64            `json:"consent_changes"`    // identifies that name unsubscribed or the preferences
	CampaignOverrides    int64            `json:"campaign_overrides"` // events that name recipient, from_address, reply_to
	ReservedKeys         map[string]int64 `json:"reserved_keys"`      // of people and events, by name
	BadCreatedAt         int64            `json:"bad_created_at"`     // not unix seconds: no date condition ever matches
	IgnoredSuppressed    int64            `json:"ignored_suppressed"`
	IgnoredUnknown       int64            `json:"ignored_unknown"` // operations on somebody or something that does not exist
	IgnoredRelationships int64            `json:"ignored_relationships"`
}

func newCounts() Counts {
	return Counts{Actions: map[string]int64{}, ReservedKeys: map[string]int64{}}
}

// countAccepted counts what an accepted operation says, whatever then becomes of it.
func (w *workspace) countAccepted(o *operation, now time.Time) {
	c := &w.counts
	c.Accepted++
	c.Actions[o.kind+"."+o.action]++
	if o.timestamp.given && !o.timestamp.usable() {
		c.TimestampRewritten++
		w.note(now, activityRewritten, o.subject(), o.action)
	}
	if o.timestamp.usable() && o.timestamp.at.After(o.received) {
		c.FutureTimestamp++
	}
	if o.tracked() {
		w.countEvent(o)
	}
	if o.kind == "person" && o.action == "identify" {
		c.countIdentify(o)
	}
}

func (w *workspace) countEvent(o *operation) {
	c := &w.counts
	switch {
	case !o.hasID:
		c.WithoutID++
	case !o.isULID:
		c.NonULID++
	}
	if o.hasID && w.ids.arrive(o.idKey()) {
		c.RepeatedIDs++
	}
	if !o.timestamp.given {
		c.WithoutTimestamp++
	}
	if len(o.overrides) > 0 {
		c.CampaignOverrides++
	}
	for _, key := range o.overrides {
		c.ReservedKeys[key]++
	}
}

func (c *Counts) countIdentify(o *operation) {
	consent := false
	for _, key := range o.reservedKeys {
		c.ReservedKeys[key]++
		consent = consent || key == "unsubscribed" || key == "cio_subscription_preferences"
	}
	if consent {
		c.ConsentChanges++
	}
	for _, a := range o.attributes {
		if a.name == "created_at" && !isUnixSeconds(a.value) {
			c.BadCreatedAt++
		}
	}
}

// traffic counts requests.
type traffic struct {
	requests, bytes       int64
	statuses              map[string]int64
	inFlight, maxInFlight int64
	notJSONType, notUTF8  int64
}

func newTraffic(inFlight int64) traffic {
	return traffic{statuses: map[string]int64{}, inFlight: inFlight, maxInFlight: inFlight}
}

// Request is one request to the API, as it was answered.
type Request struct {
	Time     time.Time `json:"time"` // of its arrival
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"` // 0 where the connection broke
	Bytes    int64     `json:"bytes"`  // of its body, as far as it was read
	Items    int       `json:"items"`  // operations in it that were looked at
	Rejected int       `json:"rejected"`
}

// line is how the log shows a request.
func (r Request) line() string {
	status := strconv.Itoa(r.Status)
	if r.Status == 0 {
		status = "none"
	}
	return fmt.Sprintf("%s %s %s items=%d rejected=%d bytes=%d",
		quoted(r.Method), quoted(r.Path), status, r.Items, r.Rejected, r.Bytes)
}

// quoted shows text that came from outside: escaped, unless nothing in it needs that.
func quoted(text string) string {
	if q := strconv.QuoteToASCII(text); q != `"`+text+`"` {
		return q
	}
	return text
}

// arrive notes that a request has come, and returns when.
func (s *Sandbox) arrive() time.Time {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traffic.inFlight++
	s.traffic.maxInFlight = max(s.traffic.maxInFlight, s.traffic.inFlight)
	return now
}

// leave counts a request by its answer, and returns how to write that.
func (s *Sandbox) leave(r *http.Request, arrived time.Time, a reply) pace {
	one := Request{
		Time: arrived.UTC(), Method: r.Method, Path: r.URL.Path,
		Status: a.status, Bytes: a.bytes, Items: a.items, Rejected: a.rejected,
	}
	p := s.record(one)
	if s.options.Log != nil {
		s.options.Log(one.line())
	}
	return p
}

func (s *Sandbox) record(one Request) pace {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.traffic
	t.inFlight--
	t.requests++
	t.bytes += one.Bytes
	status := "none"
	if one.Status != 0 {
		status = strconv.Itoa(one.Status)
	}
	t.statuses[status]++
	s.requests.add(one)
	return pace{date: s.clock().Add(time.Duration(s.faults.ClockSkew)), trickle: s.faults.Trickle}
}

// Stats returns the totals.
func (s *Sandbox) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, t := s.workspace, &s.traffic
	w.settle(s.clock())
	stats := Stats{
		Requests: t.requests, Statuses: maps.Clone(t.statuses), Bytes: t.bytes, MaxInFlight: t.maxInFlight,
		NotJSONType: t.notJSONType, NotUTF8: t.notUTF8, Counts: w.counts,
	}
	stats.Actions, stats.ReservedKeys = maps.Clone(w.counts.Actions), maps.Clone(w.counts.ReservedKeys)
	stats.Waiting = int64(len(w.waiting.queue))
	return stats
}
