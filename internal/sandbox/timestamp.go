package sandbox

import (
	"math"
	"strconv"
	"time"
)

// stamp is an operation's timestamp.
type stamp struct {
	at    time.Time // when usable
	given bool
}

// usable reports whether the timestamp counts; one that is given and does not is silently replaced by the time of receipt.
func (t stamp) usable() bool { return !t.at.IsZero() }

// readStamp takes unix seconds, fractions allowed. Text, milliseconds (1e11 and more), negative numbers and anything else
// are not usable.
func readStamp(v value) stamp {
	if v == nil {
		return stamp{}
	}
	if v.kind() != '0' {
		return stamp{given: true}
	}
	seconds, err := strconv.ParseFloat(string(v), 64)
	if err != nil || seconds < 0 || seconds >= 1e11 {
		return stamp{given: true}
	}
	whole, fraction := math.Modf(seconds)
	return stamp{at: time.Unix(int64(whole), int64(fraction*1e9)).UTC(), given: true}
}

// or returns the timestamp, or the time of receipt.
func (t stamp) or(received time.Time) time.Time {
	if t.usable() {
		return t.at
	}
	return received
}

// campaignAge is how old an event may be and still start a campaign.
const campaignAge = 72 * time.Hour

// recent reports whether an event of this time could start a campaign. One from the future could.
func recent(at, now time.Time) bool { return now.Sub(at) <= campaignAge }

// isUnixSeconds reports whether an attribute's value is a date for Customer.io's conditions.
func isUnixSeconds(v value) bool {
	seconds, err := strconv.ParseInt(string(v), 10, 64)
	return err == nil && seconds >= 0 && seconds < 1e11
}
