package people

import "ph2cio/internal/identity"

// standing is a profile that a candidate has: one of Options.Existing, one that an earlier run has sent, or
// both in one. Profiles that were merged into others are none.
type standing struct {
	candidate  uint32
	node       uint32    // the ID of the candidate that names it; noNode where only an attribute does
	row        uint32    // in Options.Existing, plus one; 0 for none
	sent       uint32    // place in sentTable, plus one; 0 for none
	text       textPlace // of the ID that names it
	own        bool      // that ID is what the profile goes by
	identified bool      // else it is a visitor's, who may be merged into anybody
	suits      identity.Candidate
}

const noNode = ^uint32(0)
