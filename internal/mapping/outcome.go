package mapping

import (
	"github.com/oklog/ulid/v2"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
)

// Bucket is the kind of a row's outcome. Every row has exactly one. The zero value is Send.
type Bucket uint8

const (
	Send        Bucket = iota // an operation was built
	FeedsPerson               // it only feeds a person
	Skipped                   // left out by choice
	Rejected                  // cannot be sent
)

// Outcome is the result of mapping a row. The zero value is Send.
type Outcome struct {
	Bucket Bucket
	Reason string            // of Skipped and Rejected: one of the Reason constants
	Detail string            // of Rejected: what exactly is wrong, for a person
	Action customerio.Action // of Send
	Recent bool              // of Send: younger than 72 hours, can start a campaign

	// For an operation that was built:
	Who   customerio.Identifier // the identifier in its body; for a merge, of the profile that stays
	ID    ulid.ULID             // for a row, the event's
	At    int64                 // for a row, the time with which it is sent, unix seconds
	Email string                // for an identify, the email that it is sent under or sets, or empty

	ByCreatedAt bool // of Send: sent with `created_at`, since its own time is in the future
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
	ReasonByRule     = "by_rule"      // left out by a rule of the mapping file
	ReasonOutOfRange = "out_of_range" // by --since or --until
	ReasonLive       = "live"         // PostHog's own destination has sent it
	ReasonRecent     = "recent"       // held: it could start a campaign
	ReasonAnonymous  = "anonymous"    // its person is not identified
	ReasonNoEmail    = "no_email"     // only people with an email are sent
	ReasonIllegalID  = "illegal_id"   // its distinct ID is a placeholder such as "undefined"
	ReasonExcluded   = "excluded"     // its person is not to be sent
	ReasonDeleted    = "deleted"      // its person is deleted in PostHog, by the persons export
	ReasonNotNamed   = "not_asked"    // --only names others
	// ReasonTestAccount is for a row or a person that the mapping file's test-accounts leave out.
	ReasonTestAccount = "test_account"
	// ReasonTwoProfiles is for a person with two identified profiles that may not be merged: held.
	ReasonTwoProfiles = "two_profiles"

	ReasonTooOld = "too_old_to_check" // held: it is no longer known whether it was sent

	ReasonRejectedBefore = "rejected_before" // an earlier run has rejected it, and nothing has changed
	ReasonCorrectedLate  = "corrected_late"  // its event was sent before, in another version

	ReasonSameProfile = "same_profile" // of a merge: both are the same profile
)

// Why a row is rejected.
const (
	ReasonNoName          = posthog.NotAnEvent // its event has no name, or one of nothing but NULs
	ReasonBadTimestamp    = "bad_timestamp"    // missing, unreadable or out of the API's range
	ReasonFutureTimestamp = "future_timestamp" // in the future, and so is created_at
	ReasonNoIdentifier    = "no_identifier"    // its person has no identifier
	ReasonEmailConflict   = "email_conflict"   // its person's email as identifier belongs to somebody else
	ReasonIDTooLong       = "id_too_long"      // an identifier is too long: its person's or a merged profile's
	ReasonTooLarge        = "too_large"        // its operation is too large
	ReasonPersonRejected  = "person_rejected"  // its person was rejected before it
	ReasonExpression      = "expression"       // an expression failed for it, as of a value of another kind
)

func skipped(reason string) Outcome { return Outcome{Bucket: Skipped, Reason: reason} }

func rejected(reason, detail string) Outcome {
	return Outcome{Bucket: Rejected, Reason: reason, Detail: detail}
}
