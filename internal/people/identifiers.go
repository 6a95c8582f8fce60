package people

import (
	"bytes"
	"cmp"
	"context"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// identifiers find the email and the cio_id of candidates, by which Customer.io identifies profiles.
type identifiers struct {
	people   *candidates
	finals   finals
	emailIDs *emailIDs
}

// place returns where a candidate's final attributes are.
func (c *identifiers) place(number uint32) (none fold.Final) {
	if one := &c.people.all[number]; one.flags&hasFinal != 0 {
		return c.finals.parts.Final(number, one.place)
	}
	return none
}

// any returns the email and the cio_id of a candidate, even if somebody else keeps them.
func (c *identifiers) any(number uint32, r *spool.Reader) (email, cioID string) {
	email, cioID = c.finals.identifiers(c.place(number), r)
	if c.people.all[number].flags&emailIsID != 0 {
		email = string(c.emailIDs.of(number))
	}
	return email, cioID
}

// own returns the email and the cio_id of a candidate; empty for one that somebody else keeps.
func (c *identifiers) own(number uint32, r *spool.Reader) (email, cioID string) {
	email, cioID = c.any(number, r)
	t := c.people.all[number].flags
	if t&(hasEmail|lostEmail) != hasEmail {
		email = ""
	}
	if t&(hasCioID|lostCioID) != hasCioID {
		cioID = ""
	}
	return email, cioID
}

// emailIDs are the distinct IDs that replace the missing emails of candidates.
type emailIDs struct {
	people *candidates
	ids    []emailID // by candidate; nil if nobody is sent under an email
}

// emailID is a distinct ID that is an email. has is false for none.
type emailID struct {
	first identity.Moment
	text  textPlace
	has   bool
}

// findEmailIDs finds the email of those candidates who may be sent under one but have no such attribute: a
// distinct ID that is an email. The kept ID comes first, then the earliest. It adds the claims to these
// emails.
func findEmailIDs(ctx context.Context, nodes *nodes, people *candidates, choice *Choice, emails *claims) (*emailIDs, error) {
	e := &emailIDs{people: people}
	if !choice.byEmailID(groupEmail) {
		return e, nil
	}
	e.ids = make([]emailID, len(people.all))
	var locks stripes
	err := nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		number, ok := people.numberOf(node)
		if !ok || f.flags&emailShaped == 0 || people.all[number].flags&(hasEmail|isExcluded) != 0 {
			return nil
		}
		lock := locks.of(number)
		lock.Lock()
		defer lock.Unlock()
		if last := &e.ids[number]; !last.has || e.isBetter(number, f, text) {
			*last = emailID{f.first, people.addText(text), true}
		}
		return nil
	})
	for number := range e.ids {
		if !e.ids[number].has {
			continue
		}
		people.all[number].set(hasEmail | emailIsID)
		email := e.of(uint32(number))
		_, there := nodes.x.options.Existing.byEmail(email)
		never := fold.ChangeOrder{Order: identity.Order{At: noTime}, Stamp: noTime}
		emails.Add(claim{nodes.x.sum(FoldEmail(nil, email)), never, uint32(number), there})
	}
	return e, err
}

// isBetter reports whether an ID replaces the one that was found before.
func (e *emailIDs) isBetter(number uint32, f *idFacts, text []byte) bool {
	last := &e.ids[number]
	before, kept := e.people.textAt(last.text), e.people.textAt(e.people.all[number].name)
	switch {
	case bytes.Equal(before, kept):
		return false
	case bytes.Equal(text, kept):
		return true
	}
	return cmp.Or(f.first.Compare(last.first), bytes.Compare(text, before)) < 0
}

// of returns the distinct ID that replaces a candidate's email.
func (e *emailIDs) of(number uint32) []byte {
	return bytes.TrimSpace(e.people.names.bytes(e.ids[number].text))
}
