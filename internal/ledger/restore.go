package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
	"strconv"

	"github.com/klauspost/compress/zstd"
)

// Restorable is what a run saves about who is who, for later runs to restore. The caller decides what the
// entries hold.
type Restorable struct {
	Seed    uint64                   // with which the entries are made, the same for all runs
	Keys    []string                 // property keys that no run before has saved
	Entries iter.Seq2[[]byte, error] // each valid until the next; nil for none
	Columns []Column                 // of CSV, as this run and those before know them

	// ReplacesEarlier says that Entries hold what all runs before have saved too. When the run ends, the
	// entries of those runs are deleted.
	ReplacesEarlier bool
}

const (
	entriesPartSize = 1 << 20 // bytes of entries that are compressed together
	maxEntrySize    = 1 << 30 // bytes of one entry: more is damage

	seedKey = "learnt_seed" // in meta
)

var errEntries = errors.New("the links between people cannot be decoded")

// saveRestorable saves what later runs restore from a run. save may be nil.
func saveRestorable(ctx context.Context, tx *sql.Tx, run int64, save *Restorable) error {
	if save == nil {
		return nil
	}
	if err := saveColumns(ctx, tx, save.Columns); err != nil || save.Entries == nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", seedKey, strconv.FormatUint(save.Seed, 10))
	if err != nil {
		return err
	}
	for _, key := range save.Keys {
		if _, err := tx.ExecContext(ctx, "INSERT INTO property_keys (name) VALUES (?)", key); err != nil {
			return err
		}
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	defer packer.Close()
	var part, packed []byte
	number := 0
	flush := func() error {
		packed = packer.EncodeAll(part, packed[:0])
		_, err := tx.ExecContext(ctx, "INSERT INTO learnt VALUES (?, ?, ?)", run, number, packed)
		part, number = part[:0], number+1
		return err
	}
	for entry, err := range save.Entries {
		if err != nil {
			return err
		}
		part = binary.AppendUvarint(part, uint64(len(entry)))
		part = append(part, entry...)
		if len(part) < entriesPartSize {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if len(part) == 0 {
		return nil
	}
	return flush()
}

// deleteReplaced deletes the entries of all runs before one whose entries replace them.
func deleteReplaced(ctx context.Context, tx *sql.Tx, run int64) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM learnt WHERE run < ?1 AND (SELECT replaces FROM runs WHERE id = ?1)", run)
	return err
}

// RestoreKeys returns the seed and all property keys that runs have saved, zero values when there are none.
func (s *Store) RestoreKeys(ctx context.Context) (seed uint64, keys []string, err error) {
	text, err := s.meta(ctx, seedKey)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	if err == nil {
		seed, err = strconv.ParseUint(text, 10, 64)
	}
	if err != nil {
		return 0, nil, s.wrapError("reading who is who from", err)
	}
	keys, err = query[string]{
		doing: "reading who is who from", text: "SELECT name FROM property_keys ORDER BY number", scan: scanValue[string],
	}.all(ctx, s)
	if err != nil {
		return 0, nil, err
	}
	return seed, keys, nil
}

// RestoreEntries yields the entries of all runs that have ended, in the order of the runs. A run that has not
// ended is either resumed or replaced, and its sources are read again both times. Each entry is valid until
// the next. An error is the last thing yielded. The store must not be used for anything else meanwhile.
func (s *Store) RestoreEntries(ctx context.Context) iter.Seq2[[]byte, error] {
	const doing = "reading who is who from"
	parts := query[[]byte]{
		doing: doing, scan: scanValue[[]byte],
		text: "SELECT entries FROM learnt WHERE run IN (SELECT id FROM runs WHERE ended IS NOT NULL) ORDER BY run, part",
	}.each(ctx, s)
	return func(yield func([]byte, error) bool) {
		unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxEntrySize))
		if err != nil {
			yield(nil, err)
			return
		}
		defer unpacker.Close()
		var part []byte
		for packed, err := range parts {
			if err == nil {
				part, err = unpacker.DecodeAll(packed, part[:0])
			}
			rest := part
			for err == nil && len(rest) > 0 {
				length, n := binary.Uvarint(rest)
				if n <= 0 || uint64(len(rest)-n) < length || length == 0 {
					err = errEntries
					break
				}
				if !yield(rest[n:n+int(length)], nil) {
					return
				}
				rest = rest[n+int(length):]
			}
			if err != nil {
				yield(nil, s.wrapError(doing, err))
				return
			}
		}
	}
}
