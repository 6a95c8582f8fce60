package people

import "encoding/binary"

// joining is that two IDs became one person: at an accepted link, or from the start where nothing tells when, as with a shared
// person_id or a persons export.
type joining struct {
	target, source uint32 // nodes; from the start it does not matter which is which
	link           bool
	at             order // of the link's row
}

func (j *joining) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, j.target)
	dst = binary.LittleEndian.AppendUint32(dst, j.source)
	if j.link {
		dst = j.at.append(dst)
	}
	return dst
}

func readJoining(b []byte) joining {
	j := joining{target: binary.LittleEndian.Uint32(b), source: binary.LittleEndian.Uint32(b[4:])}
	if j.link = len(b) > 8; j.link {
		j.at = readOrder(b[8:])
	}
	return j
}

// keepJoining notes who became one person, in the order in which identity follows. The first node must be an ID's.
func (s *settler) keepJoining(j *joining) {
	var b [8 + orderSize]byte
	s.joinings.Append(j.append(b[:0]))
}

// handOutJoinings gives those of candidates of which several IDs have attributes to the parts: only for these it matters who
// became one person when.
func (s *settler) handOutJoinings() error {
	var b [4]byte
	for entry, err := range s.joinings.All() {
		if err != nil {
			return err
		}
		number, ok := s.candidateOf(binary.LittleEndian.Uint32(entry))
		if ok && s.candidates[number].traits&groupStates != 0 {
			s.finals[s.partOf(number)].joinings.Append(binary.LittleEndian.AppendUint32(b[:0], number), entry)
		}
	}
	s.joinings.Drop()
	return nil
}

// noteMerge notes that a link has joined two persons. Which was the target matters where something is known of both.
func (s *settler) noteMerge(j *joining, bothFed bool) {
	if s.x.learnt != nil {
		s.remember(j)
	}
	if !bothFed {
		j.link = false
	}
	s.keepJoining(j)
}
