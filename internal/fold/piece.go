package fold

import (
	"encoding/binary"
	"slices"

	"ph2cio/internal/rawjson"
)

// A piece is what was known of one ID's attributes when it went to disk: flags, the order of the snapshot,
// PostHog's UUID of the person and the row that said it, the size of the snapshot's properties and these, and
// the log.
const (
	pieceHasSnapshot = 1 << iota
	pieceHasUUID
	pieceHasProperties // the snapshot's properties; else they are those of the piece of this ID before it
)

func (st *State) appendPiece(dst []byte) []byte {
	var flags byte
	if st.hasSnapshot {
		flags |= pieceHasSnapshot
	}
	if st.uuid != nil {
		flags |= pieceHasUUID
	}
	if st.hasSnapshot && !st.snapshotOnDisk {
		flags |= pieceHasProperties
	}
	dst = append(dst, flags)
	if st.hasSnapshot {
		dst = st.snapshotAt.Append(dst)
	}
	if said := st.uuid; said != nil {
		dst = append(dst, said.id[:]...)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(said.at))
		dst = binary.LittleEndian.AppendUint64(dst, said.ref)
	}
	dst = binary.AppendUvarint(dst, uint64(st.logStart))
	return append(dst, st.buf...)
}

// readPiece reads a piece. Its buf is a part of b.
func readPiece(b []byte) (st State) {
	flags := b[0]
	b = b[1:]
	if st.hasSnapshot = flags&pieceHasSnapshot != 0; st.hasSnapshot {
		st.snapshotAt, b = ReadChangeOrder(b), b[ChangeOrderSize:]
	}
	if flags&pieceHasUUID != 0 {
		st.uuid = &personUUID{
			id: rawjson.UUID(b[:16]), at: int64(binary.LittleEndian.Uint64(b[16:])), ref: binary.LittleEndian.Uint64(b[24:]),
		}
		b = b[32:]
	}
	st.snapshotOnDisk = st.hasSnapshot && flags&pieceHasProperties == 0
	log, b := readUvarint(b)
	st.logStart, st.buf = uint32(log), b
	return st
}

// idPieces puts the pieces of one ID together, in the order they were written.
type idPieces struct {
	State        // the newest snapshot so far, with what has changed since
	last  []byte // the properties of the snapshot written last, which a later piece may speak of
}

// add takes the next piece, whose memory it keeps.
func (w *idPieces) add(p *State) {
	snapshot, log := p.buf[:p.logStart], p.buf[p.logStart:]
	if p.hasSnapshot && !p.snapshotOnDisk {
		w.last = snapshot
	}
	var later []byte
	base, text := w.snapshotAt, w.buf[:w.logStart]
	if p.hasSnapshot && (!w.hasSnapshot || p.snapshotAt.CompareChange(&w.snapshotAt) > 0) {
		base, text = p.snapshotAt, w.last
		later = appendLater(later, w.buf[w.logStart:], &base)
		later = append(later, log...)
	} else {
		later = append(later, w.buf[w.logStart:]...)
		if w.hasSnapshot {
			later = appendLater(later, log, &base)
		} else {
			later = append(later, log...)
		}
	}
	if w.buf = text[:len(text):len(text)]; len(later) > 0 { // else it shares the memory of last, most often
		w.buf = slices.Concat(text, later)
	}
	w.logStart, w.snapshotAt, w.hasSnapshot = uint32(len(text)), base, w.hasSnapshot || p.hasSnapshot
	w.takeUUID(p)
}
