package explain

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// mostExplained is how many people with one email are explained. Others are only named.
const mostExplained = 5

// Run explains the person behind a distinct ID, or everybody who has an email. It compares an email with those of
// people's final properties, without regard to case and to space around it, and with IDs. For each person it reads
// all sources twice. It sends nothing. It returns an error if it could not read on, or if ctx was cancelled. An ID
// or email that nobody has is no error: see Person.Known.
func Run(ctx context.Context, input transfer.Input, rules transfer.Rules, who string) (*Person, error) {
	if !people.PlausibleEmail([]byte(who)) {
		one, _, err := explainOne(ctx, input, rules, who)
		if err != nil {
			return nil, err
		}
		if one.Known() {
			one.Near = nil
		}
		return one, nil
	}
	return explainEmail(ctx, input, rules, who)
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
			one.Email, one.Near = email, nil
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return first, nil
	}
	all[0].Others, all[0].More, all[0].Near = all[1:], more, nil
	return all[0], nil
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
	found := newFindings(who, verdicts, people.NewHistory(rules.Index), newRowCounts(reader, mapper))
	if err := found.read(ctx, reader); err != nil {
		return nil, nil, err
	}
	one := &Person{
		ID: id, Status: statusText(who.status), WithoutEmail: who.lostEmail(),
		Merges: merges, Held: first.HeldAs([]byte(id)),
		IDs: found.ids.results(who), Refused: found.links.refused, Attributes: found.attributes.results(who),
		Identify: profile.operation, Rejected: profile.rejected,
		Rows: found.counts.rows, Operations: found.counts.operations,
		Near: found.near,
	}
	if profile.status != "" {
		one.Status = profile.status
	}
	if p := who.person; p != nil {
		one.Kept, one.By, one.Value = p.DistinctID, p.By.String(), p.Value
	}
	return one, owners, nil
}
