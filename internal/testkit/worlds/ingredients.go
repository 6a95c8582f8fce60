package worlds

// Ingredients that nights do not make up for yet are switched off here.
const (
	// delayingMerges lets the row of a merge come after that of a later merge. Bug 8 is that the profiles stay
	// apart if it does.
	delayingMerges = false
)
