package people

// EmailConflict is a person who is sent without an email, because another one has it.
type EmailConflict struct {
	Person *Person
	Holder string // an ID of the one who has it; if that one is not among the people now, what they were sent under

	emailID string // the email, where it is a distinct ID of theirs
}
