package mapping

// place is one of the things that say where an event happened.
type place uint8

const (
	placeNone place = iota
	placeURL
	placePath
	placeTitle
	placeReferrer
	placeScreen
	places = iota
)

// vocabulary has the names of the places on both sides (Track API reference, page). Screens have none in
// Customer.io.
var vocabulary = [places]struct{ posthog, customerio string }{
	placeURL:      {"$current_url", "url"},
	placePath:     {"$pathname", "path"},
	placeTitle:    {"title", "title"},
	placeReferrer: {"$referrer", "referrer"},
	placeScreen:   {"$screen_name", ""},
}

// placeOf returns the places that a name has in PostHog and in Customer.io.
func placeOf(name string) (source, part place) {
	for p := placeURL; p < places; p++ {
		if name == vocabulary[p].posthog {
			source = p
		}
		if name == vocabulary[p].customerio {
			part = p
		}
	}
	return source, part
}
