package worlds

// Ingredients that nights do not make up for yet are switched off here.
const (
	// unsetting lets people lose attributes. One that was sent, and is unset on a later night, stays in
	// Customer.io (`ph2cio help guarantees`).
	unsetting = false

	// passing lets two people swap their emails. The first profile keeps the one that it was sent with
	// (`ph2cio help guarantees`).
	passing = false

	// delayingMerges lets the row of a merge come after that of a later merge. Bug 8 is that the profiles stay
	// apart if it does.
	delayingMerges = false
)
