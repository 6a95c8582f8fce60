package trackapi

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Limits are the API's sizes and the sandbox's own memory. A zero field is its default.
type Limits struct {
	BatchBytes      int // body of a batch: 500,000
	EntityBytes     int // body of a single operation: 32,000
	ItemBytes       int // one operation in a batch: 32,000
	BatchItems      int // operations in a batch: no limit is published, and 0 is none
	IdentifierBytes int // 150
	NameBytes       int // name of an event, page, screen: 100
	AttributeName   int // bytes: 150
	AttributeValue  int // bytes: 1000
	Attributes      int // on a person, an object, a relationship: 300
	ObjectBytes     int // an object's or relationship's attributes together: 100,000

	KeptRequests   int // newest requests remembered: 100,000
	KeptEvents     int // newest events remembered: 1,000,000
	KeptIDs        int // newest event IDs remembered, for duplicates: 2,000,000
	KeptActivities int // newest activities remembered: 1000
	Profiles       int // people and objects; once over, requests are answered 507: 2,000,000
}

// OrDefault fills in the defaults of fields that are zero.
func (l Limits) OrDefault() Limits {
	return Limits{
		BatchBytes:      cmp.Or(l.BatchBytes, 500_000),
		EntityBytes:     cmp.Or(l.EntityBytes, 32_000),
		ItemBytes:       cmp.Or(l.ItemBytes, 32_000),
		BatchItems:      l.BatchItems,
		IdentifierBytes: cmp.Or(l.IdentifierBytes, 150),
		NameBytes:       cmp.Or(l.NameBytes, 100),
		AttributeName:   cmp.Or(l.AttributeName, 150),
		AttributeValue:  cmp.Or(l.AttributeValue, 1000),
		Attributes:      cmp.Or(l.Attributes, 300),
		ObjectBytes:     cmp.Or(l.ObjectBytes, 100_000),
		KeptRequests:    cmp.Or(l.KeptRequests, 100_000),
		KeptEvents:      cmp.Or(l.KeptEvents, 1_000_000),
		KeptIDs:         cmp.Or(l.KeptIDs, 2_000_000),
		KeptActivities:  cmp.Or(l.KeptActivities, 1000),
		Profiles:        cmp.Or(l.Profiles, 2_000_000),
	}
}

// Switches choose among behaviours that the vendor does not document, or that a workspace's settings change.
// The zero value is the likeliest, or where nothing is known the strictest.
type Switches struct {
	EmptyUnauthorized bool // 401 without a body
	RedirectStatus    int  // an EU account on the US host: 301
	WrongRegionStatus int  // a US account on the EU host: 401
	OversizeHTML      bool // a body that is too large: 413 in HTML, not 400
	PartialAs200      bool // errors come under 200, not 207
	AllBadAs400       bool // a batch whose operations are all refused: 400, not 207
	EveryError        bool // all errors of an operation, not only the first

	NoAnonymous       bool     // anonymous_id is refused as an identifier of events
	NoEmail           bool     // the workspace has no email identifier
	Phone             bool     // the workspace has the phone identifier
	LaxEmail          bool     // an email is any text
	NoNameLimit       bool     // names of events over 100 bytes are accepted
	NoEventValueLimit bool     // attributes of events over 1000 bytes are accepted
	ObjectTypes       []string // that exist; nil is "1" alone
	AnyObjectType     bool     // every object type exists

	NoDedup                bool          // an event's ID means nothing
	DedupWindow            time.Duration // how long an ID is remembered; 0 is for good
	DedupAnyID             bool          // an ID that is not a ULID finds duplicates too
	StalePerPerson         bool          // an identify older than the person's newest edit is dropped whole
	NoAutoMerge            bool          // id and email of two people never merge by themselves
	EmailUpdatesByID       bool          // an email once set can be changed by id
	RefuseMissingSecondary bool          // a merge without its secondary is refused, not ignored
	MergeKeepsDays         int           // a merge loses events older than this; 0 is none
	NoAnonymousMerge       bool          // anonymous events never join a person
	KeepNull               bool          // null and "" are stored on people
	RelationshipStubs      bool          // a relationship creates the object or person that it names, if there is none
}

// OrDefault fills in the defaults of fields that are zero and have another one.
func (s Switches) OrDefault() Switches {
	s.RedirectStatus = cmp.Or(s.RedirectStatus, 301)
	s.WrongRegionStatus = cmp.Or(s.WrongRegionStatus, 401)
	if s.ObjectTypes == nil {
		s.ObjectTypes = []string{"1"}
	}
	return s
}

// Rules are the limits and switches in force.
type Rules struct {
	Limits
	Switches
}

// BadIdentifier returns what is wrong with an identifier, "" for nothing.
func (r *Rules) BadIdentifier(key, text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "cannot be blank"
	case len(text) > r.IdentifierBytes:
		return fmt.Sprintf("cannot be longer than %d bytes", r.IdentifierBytes)
	case !r.Identifies(key):
		return "is not an identifier in this workspace"
	case key == "email" && !r.LaxEmail && !isAddress(text):
		return "must be a valid email address"
	case key == "phone" && !isE164(text):
		return "must be a phone number in E.164 form"
	case key == "cio_id" && !isCioID(text):
		return "must be a cio_id, without its prefix"
	}
	return ""
}

// Identifies reports whether the workspace has a kind of identifier.
func (r *Rules) Identifies(key string) bool {
	switch key {
	case "email":
		return !r.NoEmail
	case "phone":
		return r.Phone
	}
	return true
}
