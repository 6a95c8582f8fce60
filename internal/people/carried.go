package people

import (
	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// carried tells what candidates have that identifies them.
type carried struct {
	people   *candidates
	finals   finals
	emailIDs *emailIDs
}

// place is where a candidate's attributes are.
func (c *carried) place(number uint32) (none fold.Final) {
	if one := &c.people.all[number]; one.traits&hasFinal != 0 {
		return c.finals.parts.Final(number, one.place)
	}
	return none
}

// all are the email and the cio_id of a candidate, whoever else has them.
func (c *carried) all(number uint32, r *spool.Reader) (email, cioID string) {
	email, cioID = c.finals.identifiers(c.place(number), r)
	if c.people.all[number].traits&emailIsID != 0 {
		email = string(c.emailIDs.of(number))
	}
	return email, cioID
}

// alone are the email and the cio_id that a candidate has and nobody else.
func (c *carried) alone(number uint32, r *spool.Reader) (email, cioID string) {
	email, cioID = c.all(number, r)
	t := c.people.all[number].traits
	if t&(hasEmail|lostEmail) != hasEmail {
		email = ""
	}
	if t&(hasCioID|lostCioID) != hasCioID {
		cioID = ""
	}
	return email, cioID
}
