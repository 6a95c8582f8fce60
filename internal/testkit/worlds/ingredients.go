package worlds

// Ingredients that nights do not make up for yet are switched off here.
const (
	// unsetting lets people lose attributes. One that was sent, and is unset on a later night, stays in
	// Customer.io (`ph2cio help guarantees`).
	unsetting = false

	// passing lets two people swap their emails. The first profile keeps the one that it was sent with
	// (`ph2cio help guarantees`).
	passing = false

	// replanning lets files change after a night that was stopped. Then sync does not resume but plans
	// anew, and bug 1 is that later runs do not know who is who by what the stopped run had read.
	replanning = false

	// losingRecent lets files be deleted that have events which were held as recent. Bug 2 is that no night
	// names them, and that they are counted as held for ever, as are those of files that were renamed.
	losingRecent = false

	// filteringHeld lets filters leave out all events for a night while recent ones are held. Bug 4 is
	// that they are not sent later; with bug 3 those that were sent already count as held too.
	filteringHeld = false

	// deletingMended lets a file be deleted that was damaged when it was last read. Bug 7 is that no night names
	// the rows that waited in it.
	deletingMended = false

	// delayingMerges lets the row of a merge come after that of a later merge. Bug 8 is that the profiles stay
	// apart if it does.
	delayingMerges = false
)
