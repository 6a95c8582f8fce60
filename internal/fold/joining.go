package fold

import "encoding/binary"

// Joining is a reason why IDs are one person. It is either a link that was accepted, or it says that an ID is
// in a set: the IDs of a person_id, or of a person in the persons export. A link shows when its two IDs
// became one person, a set only that its IDs did.
type Joining struct {
	Target uint32      // the node of a link's distinct_id, or of the ID in a set
	Source uint32      // the node of a link's other ID, or the number of a set
	At     ChangeOrder // the place of a link's row, or of the persons export; of other sets the zero value
	Kind   JoiningKind
}

// JoiningKind is the kind of a joining.
type JoiningKind uint8

const (
	OfSet    JoiningKind = iota // in a set whose IDs became one person at an unknown time
	OfExport                    // in a set whose IDs were one person by the time of the persons export
	OfLink                      // a link, which merges its source into its target
	Anytime                     // a link whose time does not matter, because one of the two has no attributes
)

func (k JoiningKind) hasPlace() bool { return k == OfLink || k == OfExport }

// Append writes the joining, for ReadJoining.
func (j *Joining) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, byte(j.Kind)), j.Target)
	dst = binary.LittleEndian.AppendUint32(dst, j.Source)
	if j.Kind.hasPlace() {
		dst = j.At.Append(dst)
	}
	return dst
}

// ReadJoining reads what Append has written.
func ReadJoining(b []byte) Joining {
	j := Joining{Kind: JoiningKind(b[0])}
	j.Target, j.Source = binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	if j.Kind.hasPlace() {
		j.At = ReadChangeOrder(b[9:])
	}
	return j
}

// JoiningTarget returns the target of a joining that Append has written.
func JoiningTarget(b []byte) uint32 { return binary.LittleEndian.Uint32(b[1:]) }
