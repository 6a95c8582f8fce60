package fold

import "encoding/binary"

// Joining is why IDs are one person: a link that was not refused, or that an ID is one of a set, those of a
// person_id or of a person in the persons export. A link tells when two became one, a set only that they
// have.
type Joining struct {
	Target uint32      // node, of a link's distinct_id or of an ID in a set
	Source uint32      // node of a link's other ID, or the number of a set
	At     ChangeOrder // of a link's row, or of the persons export
	Kind   JoiningKind
}

// JoiningKind is a kind of joining.
type JoiningKind uint8

// The kinds.
const (
	OfSet    JoiningKind = iota // of a set that became one at no time that is known
	OfExport                    // of a set that was one by the time of the persons export
	OfLink                      // of a link, which merges its source into its target
	Anytime                     // the same, where the time does not matter: nothing is known of one of the two
)

func (k JoiningKind) hasPlace() bool { return k == OfLink || k == OfExport }

// Append writes the joining, for ReadJoining.
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
// ReadJoining reads what Append has written.
func ReadJoining(b []byte) Joining {
	j := Joining{Kind: JoiningKind(b[0])}
	j.Target, j.Source = binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	if j.Kind.hasPlace() {
		j.At = ReadChangeOrder(b[9:])
	}
	return j
}

// JoiningTarget returns the target of a joining as it is written.
func JoiningTarget(b []byte) uint32 { return binary.LittleEndian.Uint32(b[1:]) }
