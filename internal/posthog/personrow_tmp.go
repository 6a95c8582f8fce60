package posthog

// PersonRow is a stand-in.
type PersonRow struct {
	DistinctIDs                         [][]byte
	PersonID                            UUID
	HasPersonID                         bool
	Version, PersonVersion              int64
	HasProperties                       bool
	Properties                          []byte
	Members                             []Member
	At, Created                         Time
	MappingDeleted, Deleted, Identified bool
}
