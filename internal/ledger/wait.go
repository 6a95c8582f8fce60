package ledger

import (
	"cmp"
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
)

// Wait is a row that was skipped for now. A later run may send it. Rows of one source that are copies of one
// event are one Wait.
type Wait struct {
	ID     Key    // a hash of the distinct ID, made with the seed of Restorable
	Due    int64  // for Recent: from when the row is not recent any more, unix seconds, or earlier; else 0
	Row    uint32 // a hash of the event, the same for all copies of the row; distinguishes rows of one distinct ID
	Reason WaitReason
}

// WaitReason is why rows wait.
type WaitReason uint8

// The reasons.
const (
	Anonymous   WaitReason = iota + 1 // their visitor is not identified yet
	NoEmail                           // only people with an email are sent
	TwoProfiles                       // their person has two profiles that may not be merged
	Recent                            // they could start a campaign
)

func (r WaitReason) String() string {
	return [...]string{"unknown", "anonymous", "no_email", "two_profiles", "recent"}[r]
}

// SameRow reports whether two waits are of the same row, for whatever reason.
func (w *Wait) SameRow(o *Wait) bool { return w.Row == o.Row && w.ID == o.ID }

func (w *Wait) compare(o *Wait) int {
	return cmp.Or(w.ID.Compare(&o.ID), int(w.Reason)-int(o.Reason), cmp.Compare(w.Row, o.Row))
}

// joinWaits sorts waits, and leaves out those of the same row and reason.
func joinWaits(all []Wait) []Wait {
	slices.SortFunc(all, func(a, b Wait) int { return a.compare(&b) })
	return slices.CompactFunc(all, func(a, b Wait) bool { return a.compare(&b) == 0 })
}

// maxWaitsInPart is how many waits a part has that is not merged any more. Like keys they are saved in parts,
// each of which takes in the earlier ones that are no larger.
const maxWaitsInPart = 32 << 10

// saveWaits adds rows to those that wait in a source. A row that waits there for the same reason may be added
// again, to another part. It changes waits.
func saveWaits(tx *sql.Tx, in WaitingIn, waits []Wait) error {
	waits = joinWaits(waits)
	var part int64
	for {
		var count int
		var kept []byte
		err := tx.QueryRow("SELECT part, count, waits FROM waiting WHERE run = ? AND source = ? AND rules = ? ORDER BY part DESC LIMIT 1",
			in.Run, in.Number, in.Rules).
			Scan(&part, &count, &kept)
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return err
		}
		if count > len(waits) || count+len(waits) > maxWaitsInPart {
			part++
			break
		}
		for one, err := range eachWait(kept) {
			if err != nil {
				return err
			}
			waits = append(waits, one)
		}
		waits = joinWaits(waits)
		if _, err := tx.Exec("DELETE FROM waiting WHERE run = ? AND source = ? AND rules = ? AND part = ?", in.Run, in.Number, in.Rules, part); err != nil {
			return err
		}
	}
	encoded, due := encodeWaits(waits)
	_, err := tx.Exec("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?)", in.Run, in.Number, in.Rules, part, len(waits), due, encoded)
	return err
}

// waitHead is how many bytes the ID and the reason of waits take, and rowSize those of each row.
const (
	waitHead = keySize + 1
	rowSize  = 4
)

// encodeWaits encodes waits in the order of joinWaits, and returns the earliest Due of those that have one.
// Rows of one ID and reason are encoded together, with the earliest Due of them.
func encodeWaits(waits []Wait) (b []byte, due int64) {
	b = make([]byte, 0, len(waits)*(waitHead+rowSize+1))
	for len(waits) > 0 {
		w, n := waits[0], 1
		for n < len(waits) && waits[n].ID == w.ID && waits[n].Reason == w.Reason {
			w.Due = min(w.Due, waits[n].Due)
			n++
		}
		b = append(append(b, w.ID[:]...), byte(w.Reason))
		b = binary.AppendUvarint(b, uint64(n))
		if w.Reason == Recent {
			b = binary.AppendVarint(b, w.Due)
			if due == 0 || w.Due < due {
				due = w.Due
			}
		}
		for i := range waits[:n] {
			b = binary.LittleEndian.AppendUint32(b, waits[i].Row)
		}
		waits = waits[n:]
	}
	return b, due
}

var errWaits = errors.New("the waiting rows cannot be decoded")

// eachWait decodes what encodeWaits has encoded. An error is the last thing yielded.
func eachWait(b []byte) iter.Seq2[Wait, error] {
	return func(yield func(Wait, error) bool) {
		d := waitDecoder{rest: b}
		for len(d.rest) > 0 {
			one, rows := d.head()
			if d.failed {
				yield(Wait{}, errWaits)
				return
			}
			for range rows {
				one.Row = binary.LittleEndian.Uint32(d.rest)
				d.rest = d.rest[rowSize:]
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

type waitDecoder struct {
	rest   []byte
	failed bool
}

// head decodes what the rows of one ID and reason have in common, and how many rows follow.
func (d *waitDecoder) head() (w Wait, rows int64) {
	if len(d.rest) < waitHead {
		d.failed = true
		return w, 0
	}
	w.Reason = WaitReason(d.rest[copy(w.ID[:], d.rest)])
	d.rest = d.rest[waitHead:]
	d.failed = w.Reason < Anonymous || w.Reason > Recent
	rows = d.unsigned()
	if w.Reason == Recent {
		w.Due = d.signed()
	}
	d.failed = d.failed || rows < 1 || rows > int64(len(d.rest)/rowSize)
	return w, rows
}

func (d *waitDecoder) unsigned() int64 {
	n, size := binary.Uvarint(d.rest)
	d.skip(size)
	return int64(n)
}

func (d *waitDecoder) signed() int64 {
	n, size := binary.Varint(d.rest)
	d.skip(size)
	return n
}

func (d *waitDecoder) skip(size int) {
	d.failed = d.failed || size <= 0
	d.rest = d.rest[max(0, size):]
}
