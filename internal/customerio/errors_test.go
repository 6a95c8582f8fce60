package customerio

import (
	"strings"
	"testing"
)

// TestQuotesStandInErrors holds that Quotes are found in Error, so that they can be hidden there.
func TestQuotesStandInErrors(t *testing.T) {
	for want, e := range map[int]*APIError{
		0: {Status: 500, Excerpt: `""`},
		1: {Status: 401, Excerpt: quoted("no user \"ada\"\n")},
		2: {Status: 400, Reasons: []Fault{{Message: "bad ada"}, {Field: "id"}}, Excerpt: quoted("ada")},
	} {
		all := e.Quotes()
		for _, one := range all {
			if !strings.Contains(e.Error(), one) {
				t.Errorf("%q does not stand in %q", one, e.Error())
			}
		}
		if len(all) != want {
			t.Errorf("%q: %d quotes, want %d", e.Error(), len(all), want)
		}
	}
}
