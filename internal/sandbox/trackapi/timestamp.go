package trackapi

import (
	"math"
	"strconv"
	"time"
)

// Timestamp is an operation's timestamp.
type Timestamp struct {
	At    time.Time // when usable
	Given bool
}

// Usable reports whether the timestamp counts; one that is given and does not is silently replaced by the
// time of receipt.
func (t Timestamp) Usable() bool { return !t.At.IsZero() }

// readTimestamp takes unix seconds, fractions allowed. Text, milliseconds (1e11 and more), negative numbers
// and anything else are not usable.
func readTimestamp(v Value) Timestamp {
	if v == nil {
		return Timestamp{}
	}
	if v.kind() != '0' {
		return Timestamp{Given: true}
	}
	seconds, err := strconv.ParseFloat(string(v), 64)
	if err != nil || seconds < 0 || seconds >= 1e11 {
		return Timestamp{Given: true}
	}
	whole, fraction := math.Modf(seconds)
	return Timestamp{At: time.Unix(int64(whole), int64(fraction*1e9)).UTC(), Given: true}
}

// Or returns the timestamp, or the time of receipt.
func (t Timestamp) Or(received time.Time) time.Time {
	if t.Usable() {
		return t.At
	}
	return received
}

// campaignAge is how old an event may be and still start a campaign.
const campaignAge = 72 * time.Hour

// IsRecent reports whether an event of this time could start a campaign. One from the future could.
func IsRecent(at, now time.Time) bool { return now.Sub(at) <= campaignAge }

// IsUnixSeconds reports whether an attribute's value is a date for Customer.io's conditions.
func IsUnixSeconds(v Value) bool {
	seconds, err := strconv.ParseInt(string(v), 10, 64)
	return err == nil && seconds >= 0 && seconds < 1e11
}
