package posthog

// IllegalID reports whether PostHog refuses to join anybody under this distinct ID
// (placeholders such as "undefined" or "null"; posthog-exports facts 5.4), and `$posthog_cookieless`, and empty or
// white text.
func IllegalID(id []byte) bool { panic("not yet") }

// MachineMade reports whether an ID has the shape of one that a PostHog library made up for a visitor: a UUID, 32 hex
// digits, or the old `17f...-0a...` form.
func MachineMade(id []byte) bool { panic("not yet") }

// Noise reports whether an event is one of PostHog's own that a marketer rarely wants, such as `$autocapture`
// (facts 7). Events the mapping handles by name, such as `$pageview` or `$identify`, are not noise.
func Noise(event []byte) bool { panic("not yet") }
