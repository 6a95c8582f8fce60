package explain

import (
	"fmt"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// RejectedWithEvents begins the status of somebody whose profile cannot be sent. The reason follows it.
const RejectedWithEvents = "rejected, with all of the person's events: "

// statusText says what becomes of a person's rows.
func statusText(s people.Status) string {
	switch s {
	case people.Sent:
		return "sent"
	case people.Anonymous:
		return "not sent: a visitor not identified yet (--people all sends visitors too)"
	case people.NoEmail:
		return "not sent: no email (--people identified sends people without one too)"
	case people.Illegal:
		return "not sent: a placeholder ID, which belongs to nobody"
	case people.NoIdentifier:
		return "rejected: none of the identifiers that --identify-by names"
	case people.LostEmail:
		return "rejected: somebody else has the email to identify by (--identify-by)"
	case people.Excluded:
		return "not sent: excluded by --exclude-people"
	case people.Deleted:
		return "not sent: deleted in PostHog, according to the persons export"
	case people.NotNamed:
		return "not sent: not named by --only"
	case people.TestAccount:
		return "not sent: a test account, by test-accounts in the mapping file"
	case people.AllRejected:
		return "not sent: all of the person's rows are rejected"
	case people.TwoProfiles:
		return "waiting: the person has two identified profiles in Customer.io, and nothing says to merge them"
	}
	return fmt.Sprintf("status %d", s)
}

// filterText names the filter by which a person with these attributes is a test account; empty if they match all.
func filterText(rules *mapping.Rules, attributes []Attribute) string {
	line, key, failed := rules.FailedFilter(func(key string) []byte {
		i := slices.IndexFunc(attributes, func(a Attribute) bool { return a.Name == key })
		if i < 0 {
			return nil
		}
		return []byte(attributes[i].Value)
	})
	if !failed {
		return ""
	}
	return fmt.Sprintf(" (line %d: %s)", line, key)
}
