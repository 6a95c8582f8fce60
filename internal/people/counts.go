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
	Links          Links

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
