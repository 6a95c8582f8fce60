package fold

import (
	"encoding/binary"
	"slices"

	"ph2cio/internal/rawjson"
)

// A piece is a State as it is written to disk: flags, the place of the snapshot's row, PostHog's UUID of the
// person with the time and Ref of its row, the size of the snapshot's properties, the properties, and the
// log. The flags tell which of these there are.
const (
	pieceHasSnapshot = 1 << iota
	pieceHasUUID
	pieceHasProperties // those of the snapshot; without it they are those of this ID's piece before this one
)

// appendPiece writes the state, but not the snapshot's properties if they are on disk already.
func (st *State) appendPiece(dst []byte) []byte {
	return st.appendPieceWith(dst, st.hasSnapshot && !st.snapshotOnDisk)
}

// appendWhole writes the state with the snapshot's properties. They must be in memory.
func (st *State) appendWhole(dst []byte) []byte { return st.appendPieceWith(dst, st.hasSnapshot) }

func (st *State) appendPieceWith(dst []byte, properties bool) []byte {
	var flags byte
	if st.hasSnapshot {
		flags |= pieceHasSnapshot
	}
	if st.uuid != nil {
		flags |= pieceHasUUID
	}
	if properties {
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

// readPiece reads a piece. The state shares the memory of b.
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
	logStart, b := readUvarint(b)
	st.logStart, st.buf = uint32(logStart), b
	return st
}

// idPieces makes one state of the pieces of one ID, which must be added in the order in which they were
// written.
type idPieces struct {
	State              // the newest snapshot so far, and the changes after it
	lastWritten []byte // the properties of the snapshot written last, which the next piece may refer to
	notesHidden bool   // what a newer snapshot hides is noted, since a piece of an earlier run is among them
}

// add adds the next piece. It keeps the piece's memory.
func (all *idPieces) add(piece *State) {
	if piece.hasSnapshot && !piece.snapshotOnDisk {
		all.lastWritten = piece.properties()
	}
	var later []byte
	at, properties := all.snapshotAt, all.properties()
	if piece.hasSnapshot && (!all.hasSnapshot || piece.snapshotAt.CompareChange(&all.snapshotAt) > 0) {
		at, properties = piece.snapshotAt, all.lastWritten
		if all.notesHidden {
			later = appendHidden(later, all.properties(), all.log(), properties, &at)
		}
		later = appendLater(later, all.log(), &at)
		later = append(later, piece.log()...)
	} else {
		later = append(later, all.log()...)
		if all.hasSnapshot {
			if all.notesHidden {
				later = all.appendHiddenOf(later, piece)
			}
			later = appendLater(later, piece.log(), &at)
		} else {
			later = append(later, piece.log()...)
		}
	}
	if all.buf = properties[:len(properties):len(properties)]; len(later) > 0 { // else they share memory
		all.buf = slices.Concat(properties, later)
	}
	all.logStart, all.snapshotAt, all.hasSnapshot = uint32(len(properties)), at, all.hasSnapshot || piece.hasSnapshot
	all.setUUID(piece.uuid)
}

// appendHiddenOf appends what the snapshot so far hides of an older piece.
func (all *idPieces) appendHiddenOf(dst []byte, piece *State) []byte {
	var older []byte
	if piece.hasSnapshot {
		older = all.lastWritten
	}
	return appendHidden(dst, older, piece.log(), all.properties(), &all.snapshotAt)
}
