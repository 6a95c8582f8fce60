package ledger

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
)

// Wait are rows of one distinct ID in one source that were skipped for now, for one reason. A later run may
// send them.
type Wait struct {
	ID      Key   // a hash of the distinct ID, made with the seed of Restorable
	Oldest  int64 // timestamp of the oldest of these rows, unix seconds
	Newest  int64 // timestamp of the newest
	Due     int64 // for Recent: from when some row is not recent any more, unix seconds; else 0
	Rows    int32 // how many rows wait
	Repeats int32 // how many duplicates there are besides, which other rows stand for
	Marks   Marks // of all these rows
	Reason  WaitReason
}

// Marks are a set of rows by hashes: it has 32 bits, of which each row sets one. Rows of a set that does not
// contain the marks of another set are surely not all rows of that one.
type Marks uint32

// MarkOf returns the mark of a row with a timestamp in unix microseconds.
func MarkOf(micros int64) Marks { return 1 << (uint64(micros) * 0x9e3779b97f4a7c15 >> 59) }

// Contains reports whether all marks of another set are in the set.
func (m Marks) Contains(o Marks) bool { return o&^m == 0 }

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

// Add adds other rows of the same ID and reason.
func (w *Wait) Add(o *Wait) {
	w.Rows += o.Rows
	w.Repeats += o.Repeats
	w.Oldest, w.Newest = min(w.Oldest, o.Oldest), max(w.Newest, o.Newest)
	w.Due = min(w.Due, o.Due)
	w.Marks |= o.Marks
}

// MayContain reports whether the rows of w may be those of o and others.
func (w *Wait) MayContain(o *Wait) bool {
	return w.ID == o.ID && w.Oldest <= o.Oldest && w.Newest >= o.Newest && w.Marks.Contains(o.Marks)
}

// SameWait reports whether two have the same ID and reason.
func (w *Wait) SameWait(o *Wait) bool { return w.ID == o.ID && w.Reason == o.Reason }

func (w *Wait) compare(o *Wait) int {
	if order := w.ID.Compare(&o.ID); order != 0 {
		return order
	}
	return int(w.Reason) - int(o.Reason)
}

// joinWaits sorts waits, and adds up those of the same ID and reason.
func joinWaits(all []Wait) []Wait {
	slices.SortFunc(all, func(a, b Wait) int { return a.compare(&b) })
	joined := all[:0]
	for i := range all {
		if n := len(joined); n > 0 && joined[n-1].SameWait(&all[i]) {
			joined[n-1].Add(&all[i])
			continue
		}
		joined = append(joined, all[i])
	}
	return joined
}

// sourceOfRun is a source of a run.
type sourceOfRun struct {
	run    int64
	source int
}

// maxWaitsInPart is how many waits a part has that is not merged any more. Like keys they are saved in parts,
// each of which takes in the earlier ones that are no larger.
const maxWaitsInPart = 32 << 10

// saveWaits adds rows to those that wait in a source. It changes waits.
func saveWaits(tx *sql.Tx, in sourceOfRun, waits []Wait) error {
	waits = joinWaits(waits)
	var part int64
	for {
		var count int
		var kept []byte
		err := tx.QueryRow("SELECT part, count, waits FROM waiting WHERE run = ? AND source = ? ORDER BY part DESC LIMIT 1", in.run, in.source).
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
		if _, err := tx.Exec("DELETE FROM waiting WHERE run = ? AND source = ? AND part = ?", in.run, in.source, part); err != nil {
			return err
		}
	}
	encoded, due := encodeWaits(waits)
	_, err := tx.Exec("INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?)", in.run, in.source, part, len(waits), due, encoded)
	return err
}

// waitHead is how many bytes the ID, reason and marks of a wait take.
const waitHead = keySize + 1 + 4

// encodeWaits encodes waits, and returns the earliest Due of those that have one.
func encodeWaits(waits []Wait) (b []byte, due int64) {
	b = make([]byte, 0, len(waits)*(waitHead+12))
	for i := range waits {
		w := &waits[i]
		b = append(append(b, w.ID[:]...), byte(w.Reason))
		b = binary.LittleEndian.AppendUint32(b, uint32(w.Marks))
		b = binary.AppendUvarint(b, uint64(w.Rows))
		b = binary.AppendUvarint(b, uint64(w.Repeats))
		b = binary.AppendVarint(b, w.Oldest)
		b = binary.AppendUvarint(b, uint64(w.Newest-w.Oldest))
		if w.Reason != Recent {
			continue
		}
		b = binary.AppendVarint(b, w.Due-w.Oldest)
		if due == 0 || w.Due < due {
			due = w.Due
		}
	}
	return b, due
}

var errWaits = errors.New("the waiting rows cannot be decoded")

// eachWait decodes what encodeWaits has encoded. An error is the last thing yielded.
func eachWait(b []byte) iter.Seq2[Wait, error] {
	return func(yield func(Wait, error) bool) {
		d := waitDecoder{rest: b}
		for len(d.rest) > 0 {
			one := d.next()
			if d.failed {
				yield(Wait{}, errWaits)
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

type waitDecoder struct {
	rest   []byte
	failed bool
}

func (d *waitDecoder) next() (w Wait) {
	if len(d.rest) < waitHead {
		d.failed = true
		return w
	}
	w.Reason = WaitReason(d.rest[copy(w.ID[:], d.rest)])
	w.Marks = Marks(binary.LittleEndian.Uint32(d.rest[keySize+1:]))
	d.rest = d.rest[waitHead:]
	d.failed = w.Reason < Anonymous || w.Reason > Recent
	w.Rows, w.Repeats = int32(d.unsigned()), int32(d.unsigned())
	w.Oldest = d.signed()
	w.Newest = w.Oldest + d.unsigned()
	if w.Reason == Recent {
		w.Due = w.Oldest + d.signed()
	}
	return w
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
