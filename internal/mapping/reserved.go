package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// Keys that change consent, identity or routing in Customer.io (Track API reference;
// docs.customer.io/messaging/people/reserved-attributes). A PostHog property with such a name must not do
// that by accident.
var (
	reservedOfPersons = []string{
		"anonymous_id", "cio_id", "cio_relationships", preferences, "id", "phone", "unsubscribed",
	}
	reservedOfEvents = []string{"from_address", "recipient", "reply_to"}
)

// preferences is an object of topics; each can also be reached by a path with dots in it.
const preferences = "cio_subscription_preferences"

// reservedForPersons reports whether a person attribute's name, up to its first dot, is reserved. Those of
// Customer.io's own begin with _.
func reservedForPersons(name string) bool {
	return slices.Contains(reservedOfPersons, name) || strings.HasPrefix(name, "_")
}

func reservedForEvents(name string) bool { return slices.Contains(reservedOfEvents, name) }

func underPreferences(name string) bool { return strings.HasPrefix(name, preferences+".") }

// allowed are the reserved names that the user allows.
type allowed map[string]bool

func newAllowed(names []string) (allowed, error) {
	a := allowed{}
	for _, name := range names {
		if first := firstPart(name); !reservedForPersons(first) && !reservedForEvents(first) {
			return nil, fmt.Errorf("--allow-reserved %q is not a reserved name: "+
				"the reserved names are %s, %s and, for people, names that start with _",
				name, strings.Join(reservedOfPersons, ", "), strings.Join(reservedOfEvents, ", "))
		}
		a[name] = true
	}
	return a, nil
}

// has reports whether a name is allowed, or its part up to the first dot.
func (a allowed) has(name string) bool { return a[name] || a[firstPart(name)] }

// refuses reports whether one of the names is reserved and not allowed. Only the part up to the first dot
// counts, as Customer.io may take the rest for a path.
func (a allowed) refuses(reserved func(string) bool, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return reserved(firstPart(name)) && !a.has(name) })
}

// firstPart returns a name up to its first dot.
func firstPart(name string) string {
	first, _, _ := strings.Cut(name, ".")
	return first
}
