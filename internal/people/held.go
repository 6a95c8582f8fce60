package people

// Held is a person who has several profiles, more than one of which is identified, and is not sent until it
// is known that they are to be one: a merge cannot be undone.
type Held struct {
	ID       string // one of theirs
	Profiles []HeldProfile
}

// HeldProfile is one of the profiles.
type HeldProfile struct {
	By    By // what it goes by
	Value string
	Email string // empty where none is known
	Sent  bool   // an earlier run has sent it
}
