package people

// Counts are the totals for the summary.
type Counts struct {
	DistinctIDs    int64            // legal and seen on a row
	Sent           int              // people who get an identify
	Events         int64            // rows that are sent as an event, unless the mapping rejects them
	ByChoice       map[Who]Profiles // that each choice of Who would make
	EmailConflicts int              // people sent without their email, because another one has it
	ShapeOnly      int              // left out only because their ID looks machine-made
	VisitorOnly    int              // left out only because posthog-js says in every row that it does not know them
	Unidentified   int              // left out because nothing identifies them, mere visitors among them
	Stale          int              // sent, with newest data older than 72 hours before now
	Joined         int64            // of DistinctIDs, those that are another name for the person of another one
	Links          LinkCounts

	// Estimated says that there were so many visitors that DistinctIDs, Joined, ByChoice[All] and Events rest
	// on a sample of them: the standard error is below 1 %.
	Estimated bool
}

// Profiles are numbers of profiles. Of those that are not new Customer.io has one already, by
// Options.Existing.
type Profiles struct{ New, Known int }

// Total is all of them.
func (p Profiles) Total() int { return p.New + p.Known }

func (p *Profiles) add(known bool) {
	if known {
		p.Known++
		return
	}
	p.New++
}

var everyWho = [3]Who{Identified, WithEmail, All}

// tally counts groups. Make one with newTally.
type tally struct {
	choice       *Choice
	byWho        [len(everyWho)]Profiles
	shapeOnly    int
	visitorOnly  int
	unidentified int
	ids          int64 // IDs that stood on rows of visitors alone
	joined       int64 // IDs that are another name for somebody
	visitors     int64 // people of whom only rows are known that tie them to nobody
	estimated    bool  // what is known of visitors rests on a sample of them
}

func newTally(choice *Choice) *tally { return &tally{choice: choice} }

// group counts one group. known says that Customer.io has a profile of it.
func (c *tally) group(t groupFlags, known bool) {
	if t&groupSeen == 0 {
		return
	}
	c.joined-- // of a group's IDs one is nobody's other name
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

// setEstimated takes whether visitors are counted by a sample.
func (c *tally) setEstimated(estimated bool) { c.estimated = c.estimated || estimated }

// visitorIDs counts IDs on rows of visitors. joined says that each is another name for somebody.
func (c *tally) visitorIDs(many int64, joined bool) {
	c.ids += many
	if joined {
		c.joined += many
	}
}

// visitorPeople counts people of whom only visitors' rows are known.
func (c *tally) visitorPeople(many int64) { c.visitors += many }

// seenIDs counts the IDs that stood on other rows.
func (c *tally) seenIDs(many int64) {
	c.ids += many
	c.joined += many
}

// setByWho takes how many profiles each choice of people makes, where that hangs on an attribute.
func (c *tally) setByWho(byWho [len(everyWho)]Profiles) { c.byWho = byWho }

// counts returns the totals of all groups.
func (c *tally) counts() Counts {
	total := Counts{
		ByChoice: map[Who]Profiles{}, ShapeOnly: c.shapeOnly, VisitorOnly: c.visitorOnly, Estimated: c.estimated,
		DistinctIDs: c.ids, Joined: c.joined,
	}
	if c.choice.Who == Identified && !c.choice.Only {
		total.Unidentified = c.unidentified + int(c.visitors)
	}
	for i, who := range everyWho {
		total.ByChoice[who] = c.byWho[i]
	}
	if c.choice.requiredKind() == ByID && !c.choice.NeedEvents && !c.choice.Only {
		everybody := total.ByChoice[All]
		everybody.New += int(c.visitors)
		total.ByChoice[All] = everybody
	}
	return total
}
