package rulebook

// Outcome is what the rules make of a history.
type Outcome struct {
	// People holds the person of every legal distinct ID that stands on a row, in a link or in the persons
	// export. An ID that stands on $groupidentify rows alone is nobody's.
	People map[string]*Person
	Links  []Link // in order
	Pairs  []Pair // in order
	Merges []Merge
}

// Merge is a link that gave one person the properties of another, with those that both had before it.
type Merge struct {
	Link           Link
	Target, Source map[string]string
}

// Person is a group of distinct IDs that are one person.
type Person struct {
	IDs        []string // legal and sorted
	Persons    []string // its persons of the persons export, sorted
	Kept       string   // the ID under which the person is sent
	Held       bool     // not sent, because several profiles are identified
	Merges     []string // the IDs of profiles that go into that of Kept; sorted
	Anonymous  []string // IDs that are a visitor's: machine-made and not identified; sorted
	Identified bool
	ShapeOnly  bool              // not identified, but would be if an ID with a person row had another shape
	Visitor    bool              // not identified, but would be if its rows were not all a visitor's
	Deleted    bool              // never sent
	Rejected   bool              // not sent, since all its rows are rejected
	Attributes map[string]string // raw JSON values; never null
	Email      string            // the attribute `email` without space around it, if it is text
	Events     int               // rows that are sent if the person is
}

// Link is a row that says that two IDs are one person.
type Link struct {
	Row            Row
	Target, Source string // Target is the row's distinct_id
	Verdict        Verdict
	// Overrode says that a $merge_dangerously was accepted where an $identify would have been refused.
	Overrode bool
	// Fused says that the link was accepted and put two persons of the persons export into one group.
	Fused bool
}

// Pair is a person_id that stands with a distinct ID on rows.
type Pair struct {
	ID, PersonID string
	Refused      bool // because of the persons export
	Fused        bool // accepted, and put two persons of the persons export into one group
}

// Verdict is what became of a link.
type Verdict string

const (
	// Accepted links joined two groups.
	Accepted Verdict = "accepted"
	// AlreadyOne is the verdict of links whose IDs were one person before.
	AlreadyOne Verdict = "already one"
	// RefusedByExport links would have joined two persons that the persons export knows to be two.
	RefusedByExport Verdict = "persons export"
	// RefusedIdentified links would have moved somebody who was identified already to somebody else.
	RefusedIdentified Verdict = "already identified"
)
