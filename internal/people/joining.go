package people

import "encoding/binary"

// joining is why IDs are one person: a link that was not refused, or that an ID is one of a set, those of a
// person_id or of a person in the persons export. A link tells when two became one, a set only that they
// have.
type joining struct {
	target uint32 // node, of a link's distinct_id or of an ID in a set
	source uint32 // node of a link's other ID, or the number of a set
	at     order  // of a link's row, or of the persons export
	kind   joiningKind
}

type joiningKind uint8

const (
	ofSet    joiningKind = iota
	ofExport             // of a set that was one by the time of the persons export
	ofLink               // merges its source into its target
	either               // the same, but nothing is known of one of the two
)

func (k joiningKind) hasPlace() bool { return k == ofLink || k == ofExport }

func (j *joining) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, byte(j.kind)), j.target)
	dst = binary.LittleEndian.AppendUint32(dst, j.source)
	if j.kind.hasPlace() {
		dst = j.at.append(dst)
	}
	return dst
}

func readJoining(b []byte) joining {
	j := joining{kind: joiningKind(b[0])}
	j.target, j.source = binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	if j.kind.hasPlace() {
		j.at = readOrder(b[9:])
	}
	return j
}

// joiningTarget returns the target of a joining as it is written.
func joiningTarget(b []byte) uint32 { return binary.LittleEndian.Uint32(b[1:]) }
