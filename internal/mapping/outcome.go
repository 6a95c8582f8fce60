package mapping

import (
	"github.com/oklog/ulid/v2"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
)

// Bucket is where a row ends. Every row ends in exactly one.
type Bucket uint8

const (
	Send        Bucket = iota // an operation was made of it
	FeedsPerson               // it only feeds a person
	Skipped                   // left out by choice
	Rejected                  // cannot be sent
)

// Outcome is what became of a row. The zero value is that of a row that is sent.
type Outcome struct {
	Bucket Bucket
	Reason string            // of Skipped and Rejected: one of the Reason constants
	Detail string            // of Rejected: what exactly is wrong, for a person
	Action customerio.Action // of Send
	Recent bool              // of Send: younger than 72 hours, can start a campaign

	// Of an operation that was built:
	Who   customerio.Identifier // whom its body names; of a merge, the one that stays
	ID    ulid.ULID             // of a row: the event's
	At    int64                 // of a row: the time that it is sent with, unix seconds
	Email string                // of an identify: the email that the person goes by or gets, empty when there is none

	ByCreatedAt bool // of Send: its own time is in the future, and that of `created_at` stands in for it
}

// Operation is the operation that was built, with its encoded body and the caller's Ref of it.
func (o *Outcome) Operation(body []byte, ref uint64) customerio.Operation {
	return customerio.Operation{Body: body, Ref: ref, Action: o.Action, Who: o.Who, ID: o.ID}
}

// Why a row is skipped.
const (
	ReasonGroup      = "group"        // it describes a group, never a person
	ReasonNoise      = "noise"        // one of PostHog's own: its name begins with a $
	ReasonFiltered   = "filtered"     // by --events or --skip-events
	ReasonOutOfRange = "out_of_range" // by --since or --until
	ReasonLive       = "live"         // PostHog's own destination has sent it
	ReasonRecent     = "recent"       // held: it could start a campaign
	ReasonAnonymous  = "anonymous"    // nobody known
	ReasonNoEmail    = "no_email"     // only people with an email are sent
	ReasonIllegalID  = "illegal_id"   // its distinct ID is a placeholder such as "undefined"
	ReasonExcluded   = "excluded"     // its person is not to be sent
	ReasonDeleted    = "deleted"      // its person is deleted in PostHog, by the persons export
	ReasonNotAsked   = "not_asked"    // --only names others
	// ReasonTwoProfiles is that a person has two identified profiles, and nobody has said that they are to be one: held.
	ReasonTwoProfiles = "two_profiles"

	ReasonTooOld = "too_old_to_check" // held: whether it was sent is forgotten

	ReasonRejectedBefore = "rejected_before" // an earlier run has rejected it, and nothing has changed
	ReasonCorrectedLate  = "corrected_late"  // its event was sent before, in another version

	ReasonSameProfile = "same_profile" // of a merge: the two are one profile already
)

// Why a row is rejected.
const (
	ReasonNoName          = posthog.NotAnEvent // its event has no name: nothing but NULs, which cannot be sent
	ReasonBadTimestamp    = "bad_timestamp"    // missing, unreadable or out of the API's range
	ReasonFutureTimestamp = "future_timestamp" // in the future, and so is what could stand in for it
	ReasonNoIdentifier    = "no_identifier"    // its person has nothing to be called by
	ReasonEmailConflict   = "email_conflict"   // its person would go by an email that somebody else has
	ReasonIDTooLong       = "id_too_long"      // its person's identifier does not fit, or that of the profile to merge
	ReasonTooLarge        = "too_large"        // its operation does not fit
	ReasonPersonRejected  = "person_rejected"  // its person was rejected before it
)

func skipped(reason string) Outcome { return Outcome{Bucket: Skipped, Reason: reason} }

func rejected(reason, detail string) Outcome {
	return Outcome{Bucket: Rejected, Reason: reason, Detail: detail}
}
