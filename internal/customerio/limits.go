package customerio

import "time"

// The Track API's limits, in bytes unless another unit is named. A kilobyte in the reference is taken as 1000
// bytes.
const (
	// MaxItem is the size of one operation in a batch: "32kb or smaller" (Track API reference, batch).
	MaxItem = 32_000

	// MaxBody is the size of a request: a batch is smaller than "500kb" (Track API reference, batch).
	MaxBody = 500_000

	// MaxID is the size of a person's id (Track API reference, identify).
	MaxID = 150

	// MaxAttributeName is the size of an attribute's name (docs.customer.io/journeys/invalid-api-requests).
	MaxAttributeName = 150

	// MaxAttributeValue is the size of a person attribute's value: the operation is refused, not the value
	// cut (docs.customer.io/journeys/invalid-api-requests).
	MaxAttributeValue = 1000

	// MaxAttributes is how many attributes a person may have, and how many one identify may set (Track API
	// reference, identify).
	MaxAttributes = 300

	// MaxEventName is the size of the name of an event, page or screen. It is published for v1
	// (docs.customer.io/journeys/invalid-api-requests) and taken to hold for v2.
	MaxEventName = 100

	// MaxEventData is the size of an event's attributes (docs.customer.io/journeys/invalid-api-requests). In
	// a batch, MaxItem is reached first.
	MaxEventData = 100_000

	// MaxObjectID is the size of an object's ID (docs.customer.io/journeys/objects-create).
	MaxObjectID = 150

	// MaxObjectAttributes is the size of all attributes of an object or a relationship (Track API reference).
	MaxObjectAttributes = 100_000

	// MaxRate is how many requests per second the API asks its callers to stay under (Track API reference,
	// limits).
	MaxRate = 1000
)

// Timestamps are unix seconds in this range, as Customer.io's Ruby library checks them. The API does not
// refuse a timestamp that it cannot read: it silently uses the time of the request instead.
const (
	MinTimestamp = 1_000_000_000
	MaxTimestamp = 99_999_999_999
)

// CampaignAge is the age from which an event cannot start an event-triggered campaign
// (docs.customer.io/journeys/importing-old-data).
const CampaignAge = 72 * time.Hour
