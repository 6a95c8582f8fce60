package explain

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"ph2cio/internal/export"
	"ph2cio/internal/people"
)

// mostExplained is how many people are explained who have one email; the rest are named.
const mostExplained = 5

// mostNear is how many IDs that are nearly the one asked for are named.
const mostNear = 10

// Explain reads all sources twice for each person, and says who is behind a distinct ID or an email. An email
// is that of a person's final attributes, or an ID; it is compared without regard to case and space around
// it. The plan's Sender, Rejects and Operations are not used.
func Run(ctx context.Context, plan *export.Plan, who string) (*Person, error) {
	listing := plan
	email := people.FoldEmail(nil, []byte(who))
	isEmail := people.PlausibleEmail([]byte(who))
	if isEmail && !plan.Choice.Only { // else the choice asks for emails of its own
		listing = plan.WithEmails(func(other []byte) bool { return bytes.Equal(people.FoldEmail(nil, other), email) })
	}
	first, err := explainOne(ctx, listing, who)
	if err != nil {
		return nil, err
	}
	if !isEmail {
		if first.Known() {
			first.Near = nil
		}
		return first, nil
	}
	var all []*Person
	if first.Known() {
		all = append(all, first)
	}
	ids := slices.Concat(first.emailOf, first.Near)
	if plan.Choice.Only {
		ids = first.Near
	}
	var more []string
	for _, id := range ids {
		switch {
		case slices.ContainsFunc(all, func(one *Person) bool { return one.has(id) }):
		case len(all) == mostExplained:
			more = append(more, id)
		default:
			one, err := explainOne(ctx, plan, id)
			if err != nil {
				return nil, err
			}
			one.Email, one.Near = who, nil
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return first, nil
	}
	all[0].Others, all[0].More, all[0].Near = all[1:], more, nil
	return all[0], nil
}

// has reports whether an ID is one of the person's.
func (w *Person) has(id string) bool {
	return w.Kept == id || slices.ContainsFunc(w.IDs, func(one ID) bool { return one.ID == id })
}

// near notes an ID that somebody may have meant.
func (x *explaining) near(id []byte) {
	if len(x.why.Near) < mostNear && len(id) < 2*len(x.why.ID)+64 && strings.EqualFold(strings.TrimSpace(string(id)), strings.TrimSpace(x.why.ID)) &&
		!slices.Contains(x.why.Near, string(id)) {
		x.why.Near = append(x.why.Near, string(id))
	}
}
