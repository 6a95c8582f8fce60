package explain

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"

	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// mostExplained is how many people with one email are explained. Others are only named.
const mostExplained = 5

// Run explains the person behind a distinct ID, or everybody who has an email. It compares an email with
// those of people's final properties, without regard to case and to space around it, and with IDs. For each
// person it reads all sources twice. It sends nothing. It returns an error if it could not read on, or if ctx
// was cancelled. An ID or email that nobody has is no error: see Person.Known.
func Run(ctx context.Context, input transfer.Input, rules transfer.Rules, who string) (*Person, error) {
	if people.PlausibleEmail([]byte(who)) {
		return explainEmail(ctx, input, rules, who)
	}
	one, _, err := explainOne(ctx, input, rules, who)
	if err != nil {
		return nil, err
	}
	if one.Known() {
		one.forgetNear()
	}
	return one, nil
}

// explainEmail explains those who have an email, the person first whose ID it is.
func explainEmail(ctx context.Context, input transfer.Input, rules transfer.Rules, email string) (*Person, error) {
	listing := rules
	if !rules.Choice.Only { // else the first pass lists the people with other emails
		folded := people.FoldEmail(nil, []byte(email))
		listing = rules.WithEmails(func(other []byte) bool { return bytes.Equal(people.FoldEmail(nil, other), folded) })
	}
	first, owners, err := explainOne(ctx, input, listing, email)
	if err != nil {
		return nil, err
	}
	if rules.Choice.Only {
		owners = nil
	}
	var all []*Person
	if first.Known() {
		all = append(all, first)
	}
	var more []string
	for _, id := range slices.Concat(owners, first.Near) {
		switch {
		case slices.ContainsFunc(all, func(one *Person) bool { return one.has(id) }):
		case len(all) == mostExplained:
			more = append(more, id)
		default:
			one, _, err := explainOne(ctx, input, rules, id)
			if err != nil {
				return nil, err
			}
			one.foundBy(email)
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return first, nil
	}
	return all[0].withOthers(all[1:], more), nil
}

// explainOne explains the person behind one distinct ID. It also returns an ID of each person whom the first
// pass lists for their email.
func explainOne(ctx context.Context, input transfer.Input, rules transfer.Rules, id string) (_ *Person, owners []string, err error) {
	verdicts := map[uint64]people.Verdict{}
	rules = rules.WithTrace(func(ref uint64, verdict people.Verdict) { verdicts[ref] = verdict })
	first, err := transfer.RunFirstPass(ctx, input, rules)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	for _, one := range first.People.NamedByEmail() {
		owners = append(owners, one.ID)
	}
	who := newSubject(first.People, id)
	mapper := first.NewMapper()
	merges := first.MergesInto(mapper, who.person)
	profile := predictIdentify(first.People, mapper, who.person, rules.IdentifiersMayMeet)
	if profile.rejectsEvents {
		mapper.Refused = map[uint32]bool{who.person.Number: true}
	}
	reader := first.NewRereader()
	found := newFindings(who, verdicts, people.NewHistory(rules.Index), newRowCounts(reader, mapper, rules.Mapping))
	if err := found.read(ctx, reader); err != nil {
		return nil, nil, err
	}
	kept, by, value := who.profile()
	attributes := found.attributes.results(who)
	status := cmp.Or(profile.status, statusText(who.status))
	if who.status == people.TestAccount && len(input.Persons) == 0 { // what that export says is not at hand
		status += filterText(rules.Mapping, attributes)
	}
	return &Person{
		ID: id, Status: status, Kept: kept, By: by, Value: value, WithoutEmail: who.lostEmail(),
		Merges: merges, Held: first.HeldAs([]byte(id)),
		IDs: found.ids.results(who), Refused: found.links.refused, Attributes: attributes,
		Identify: profile.operation, Rejected: profile.rejected,
		Rows: found.counts.rows, Rules: found.counts.acted(), Operations: found.counts.operations,
		Near: found.near,
	}, owners, nil
}
