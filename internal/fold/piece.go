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
	pieceHasBase = 1 << iota
	pieceHasUUID
	pieceHasText // the snapshot's properties; else they are those of the piece of this ID before it
)

func (st *State) appendPiece(dst []byte) []byte {
	var flags byte
	if st.hasBase {
		flags |= pieceHasBase
	}
	if st.uuid != nil {
		flags |= pieceHasUUID
	}
	if st.hasBase && !st.dumped {
		flags |= pieceHasText
	}
	dst = append(dst, flags)
	if st.hasBase {
		dst = st.base.Append(dst)
	}
	if said := st.uuid; said != nil {
		dst = append(dst, said.id[:]...)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(said.at))
		dst = binary.LittleEndian.AppendUint64(dst, said.ref)
	}
	dst = binary.AppendUvarint(dst, uint64(st.log))
	return append(dst, st.buf...)
}

// readPiece reads a piece. Its buf is a part of b.
func readPiece(b []byte) (st State) {
	flags := b[0]
	b = b[1:]
	if st.hasBase = flags&pieceHasBase != 0; st.hasBase {
		st.base, b = ReadOrder(b), b[OrderSize:]
	}
	if flags&pieceHasUUID != 0 {
		st.uuid = &saidUUID{
			id: rawjson.UUID(b[:16]), at: int64(binary.LittleEndian.Uint64(b[16:])), ref: binary.LittleEndian.Uint64(b[24:]),
		}
		b = b[32:]
	}
	st.dumped = st.hasBase && flags&pieceHasText == 0
	log, b := readUvarint(b)
	st.log, st.buf = uint32(log), b
	return st
}

// whole puts the pieces of one ID together, in the order they were written.
type whole struct {
	State        // the newest snapshot so far, with what has changed since
	last  []byte // the properties of the snapshot written last, which a later piece may speak of
}

// add takes the next piece, whose memory it keeps.
func (w *whole) add(p *State) {
	snapshot, log := p.buf[:p.log], p.buf[p.log:]
	if p.hasBase && !p.dumped {
		w.last = snapshot
	}
	var later []byte
	base, text := w.base, w.buf[:w.log]
	if p.hasBase && (!w.hasBase || p.base.Compare(&w.base) > 0) {
		base, text = p.base, w.last
		later = appendLater(later, w.buf[w.log:], &base)
		later = append(later, log...)
	} else {
		later = append(later, w.buf[w.log:]...)
		if w.hasBase {
			later = appendLater(later, log, &base)
		} else {
			later = append(later, log...)
		}
	}
	if w.buf = text[:len(text):len(text)]; len(later) > 0 { // else it shares the memory of last, most often
		w.buf = slices.Concat(text, later)
	}
	w.log, w.base, w.hasBase = uint32(len(text)), base, w.hasBase || p.hasBase
	w.takeUUID(p)
}
