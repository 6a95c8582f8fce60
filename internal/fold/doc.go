// Package fold finds the final attributes of an entity, such as a person, from the changes that rows make to
// them, whatever order the rows come in.
//
// The files, lowest first; a file uses none of a later line:
//
//	order.go, row.go     a row's place among all rows, and what it says of attributes
//	keys.go              numbers for property keys, and which keys are kept
//	changes.go           a log of changes
//	state.go, hidden.go, piece.go
//	                     what is known of the attributes of one ID, in memory and on disk, and the keys that a newer
//	                     snapshot hides
//	prune.go             the changes that cannot matter any more leave the log
//	overlay.go           a row's own changes over its snapshot
//	final.go             the attributes that a state comes to
//	joining.go, merge.go one state from those of several IDs that became one entity, and when they did
//	newexport.go         the snapshots of an export that no earlier run has kept
//	store.go             the states of many IDs, which go to disk where memory is short
//	parts.go             the attributes of many entities, from the states of their IDs
//	history.go           one entity's attributes with the rows that set them
//
// The final attributes of an entity depend on nothing but the set of its rows and joinings. Store and Parts
// only decide where states are until then.
package fold
