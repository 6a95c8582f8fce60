package people

import (
	"iter"
	"maps"
)

// Counts are the totals of a run's people, for its summary.
type Counts struct {
	DistinctIDs    int64            // legal distinct IDs on rows
	Sent           int              // people who get an identify
	Events         int64            // rows that are sent as events, unless the mapping rejects them
	ByChoice       map[Who]Profiles // the profiles that each choice of Who would make
	EmailConflicts int              // people who get an identify without their email
	ShapeOnly      int              // left out only because their ID looks machine-made
	VisitorOnly    int              // left out only because all their rows are a web visitor's
	Unidentified   int              // left out because nothing identifies them, visitors among them
	Stale          int              // people who get an identify with data older than 72 hours
	Joined         int64            // of DistinctIDs, those that are a second ID of somebody
	Links          LinkCounts

	// Estimated says that DistinctIDs, Joined, ByChoice[All] and Events rest on a sample of visitors, because
	// there are so many. The standard error is below 1 %.
	Estimated bool
}

// Profiles counts profiles: new ones, and known ones, which Customer.io has already.
type Profiles struct{ New, Known int }

// Total returns how many there are of both.
func (p Profiles) Total() int { return p.New + p.Known }

// add counts a profile.
func (p *Profiles) add(known bool) {
	if known {
		p.Known++
		return
	}
	p.New++
}

// at returns the counts at a time, in unix seconds, by which the data of some of the people who get an
// identify is stale.
func (c Counts) at(now int64, people iter.Seq[*Person]) Counts {
	const fresh = 72 * 60 * 60
	c.ByChoice = maps.Clone(c.ByChoice)
	for p := range people {
		if p.Updated != 0 && p.Updated < now-fresh {
			c.Stale++
		}
	}
	return c
}

// everyWho lists the choices for which profiles are counted.
var everyWho = [3]Who{Identified, WithEmail, All}

// tally counts groups while they are found, for Counts. newTally makes one.
type tally struct {
	choice                     *Choice
	byWho                      [len(everyWho)]Profiles
	shapeOnly                  int
	visitorOnly                int
	unidentified               int
	ids                        int64 // IDs on rows
	joined                     int64 // IDs on rows, less one for each group
	identifies, emailConflicts int
	events                     int64
	visitors                   int64 // visitors whom nothing ties to a person
	estimated                  bool  // what is known of visitors rests on a sample of them
}

func newTally(choice *Choice) *tally { return &tally{choice: choice} }

// group counts one group. known says whether Customer.io has a profile of it.
func (c *tally) group(t groupFlags, known bool) {
	if t&groupSeen == 0 {
		return
	}
	c.joined-- // all but one of a group's IDs are second IDs
	if t&groupNotRejected == 0 {
		return
	}
	if t&(isShapeOnly|isIdentified) == isShapeOnly && c.choice.Who == Identified {
		c.shapeOnly++
	}
	if t&(isVisitorOnly|isIdentified) == isVisitorOnly && c.choice.Who == Identified {
		c.visitorOnly++
	}
	if t&(isIdentified|isSent) == 0 && c.choice.Who == Identified && c.choice.barred(t) == Sent {
		c.unidentified++
	}
	for i, who := range everyWho {
		if c.choice.requiredKind() == ByID && c.choice.getsIdentify(who, t) {
			c.byWho[i].add(known)
		}
	}
}

// setEstimated notes whether a shard counts its visitors by a sample.
func (c *tally) setEstimated(estimated bool) { c.estimated = c.estimated || estimated }

// visitorIDs counts IDs on rows of visitors. joined says that each is a second ID of somebody.
func (c *tally) visitorIDs(many int64, joined bool) {
	c.ids += many
	if joined {
		c.joined += many
	}
}

// visitorPeople counts people of whom nothing but a visitor's rows is known.
func (c *tally) visitorPeople(many int64) { c.visitors += many }

// seenIDs counts the IDs on other rows than visitors'.
func (c *tally) seenIDs(many int64) {
	c.ids += many
	c.joined += many
}

// setByWho sets how many profiles each choice of Who would make, if that depends on an attribute.
func (c *tally) setByWho(byWho [len(everyWho)]Profiles) { c.byWho = byWho }

// sent sets how many people get an identify, how many rows are sent as events, and how many identifies lack
// their email.
func (c *tally) sent(identifies int, events int64, emailConflicts int) {
	c.identifies, c.events, c.emailConflicts = identifies, events, emailConflicts
}

// counts returns the totals of all groups, with the counts of links.
func (c *tally) counts(links LinkCounts) Counts {
	total := Counts{
		ByChoice: map[Who]Profiles{}, ShapeOnly: c.shapeOnly, VisitorOnly: c.visitorOnly, Estimated: c.estimated,
		DistinctIDs: c.ids, Joined: c.joined, Sent: c.identifies, Events: c.events, EmailConflicts: c.emailConflicts, Links: links,
	}
	if c.choice.Who == Identified && !c.choice.Only {
		total.Unidentified = c.unidentified + int(c.visitors)
	}
	for i, who := range everyWho {
		total.ByChoice[who] = c.byWho[i]
	}
	if c.choice.requiredKind() == ByID && !c.choice.NeedEvents && !c.choice.Only && c.choice.bareFlags() == 0 {
		everybody := total.ByChoice[All]
		everybody.New += int(c.visitors)
		total.ByChoice[All] = everybody
	}
	return total
}
