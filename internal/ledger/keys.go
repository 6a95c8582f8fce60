package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"
)

// Key stands for an event that was acknowledged: it is the bytes of its ID, six of unix milliseconds in whole seconds and ten
// that are random.
type Key [keySize]byte

const (
	keySize   = 16
	stampSize = 6
)

// SecondsInDay is how many seconds a day of keys has.
const SecondsInDay = 24 * 60 * 60

// Day is the day of the key's event in UTC, counted from 1970-01-01.
func (k *Key) Day() int64 { return k.seconds() / SecondsInDay }

func (k *Key) seconds() int64 {
	return int64(uint64(binary.BigEndian.Uint16(k[:]))<<32|uint64(binary.BigEndian.Uint32(k[2:]))) / 1000
}

// Compare orders keys by time.
func (k *Key) Compare(o *Key) int { return bytes.Compare(k[:], o[:]) }

// DayOf is the day of a time, as Key.Day counts.
func DayOf(t time.Time) int64 { return t.Unix() / SecondsInDay }

// TimeOfDay is when a day of DayOf begins, in UTC.
func TimeOfDay(day int64) time.Time { return time.Unix(day*SecondsInDay, 0).UTC() }

// Keys of one day are kept in parts: each step of a run makes one, and takes in those of the same run before it that are no
// larger. So each key is written anew only as often as its part doubles.
const mostInPart = 32 << 10 // keys of a part that no more are added to

// saveKeys keeps the keys of a step.
func (r *Run) saveKeys(tx *sql.Tx, keys []Key) error {
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, func(a, b Key) int { return a.Compare(&b) })
	parts, err := r.prepareParts(tx)
	defer parts.close()
	for err == nil && len(keys) > 0 {
		day := keys[0].Day()
		n := 1
		for n < len(keys) && keys[n].Day() == day {
			n++
		}
		err = parts.save(day, keys[:n])
		keys = keys[n:]
	}
	return err
}

// keyParts are the statements that keep keys of many days.
type keyParts struct {
	run                int64
	last, drop, insert *sql.Stmt
}

func (r *Run) prepareParts(tx *sql.Tx) (p keyParts, err error) {
	p.run = r.ID
	for statement, text := range map[**sql.Stmt]string{
		&p.last:   "SELECT part, count, keys FROM keys WHERE day = ? AND run = ? ORDER BY part DESC LIMIT 1",
		&p.drop:   "DELETE FROM keys WHERE day = ? AND run = ? AND part = ?",
		&p.insert: "INSERT INTO keys VALUES (?, ?, ?, ?, ?)",
	} {
		if *statement, err = tx.Prepare(text); err != nil {
			return p, err
		}
	}
	return p, nil
}

// close gives the statements back.
func (p *keyParts) close() {
	for _, statement := range []*sql.Stmt{p.last, p.drop, p.insert} {
		if statement != nil {
			_ = statement.Close() // the transaction has the last word
		}
	}
}

// save keeps sorted keys of one day.
func (p *keyParts) save(day int64, keys []Key) error {
	var part int64
	for {
		var count int
		var kept []byte
		err := p.last.QueryRow(day, p.run).Scan(&part, &count, &kept)
		if errors.Is(err, sql.ErrNoRows) {
			break
		}
		if err != nil {
			return err
		}
		if count > len(keys) || count+len(keys) > mostInPart {
			part++
			break
		}
		before, err := decodeKeys(day, kept)
		if err != nil {
			return err
		}
		keys = append(before, keys...)
		slices.SortFunc(keys, func(a, b Key) int { return a.Compare(&b) })
		if _, err := p.drop.Exec(day, p.run, part); err != nil {
			return err
		}
	}
	_, err := p.insert.Exec(day, p.run, part, len(keys), encodeKeys(day, keys))
	return err
}

// encodeKeys writes sorted keys of one day: of each the seconds since the one before, then its random bytes.
func encodeKeys(day int64, keys []Key) []byte {
	b := make([]byte, 0, len(keys)*(keySize-stampSize+1)+8)
	last := day * SecondsInDay
	for i := range keys {
		at := keys[i].seconds()
		b = binary.AppendUvarint(b, uint64(at-last))
		b = append(b, keys[i][stampSize:]...)
		last = at
	}
	return b
}

var errKeys = errors.New("the keys of the events that were sent cannot be read")

func decodeKeys(day int64, b []byte) (keys []Key, err error) {
	at := uint64(day * SecondsInDay)
	for len(b) > 0 {
		gap, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+keySize-stampSize {
			return nil, errKeys
		}
		at += gap
		var k Key
		binary.BigEndian.PutUint16(k[:], uint16(at*1000>>32))
		binary.BigEndian.PutUint32(k[2:], uint32(at*1000))
		copy(k[stampSize:], b[n:])
		keys, b = append(keys, k), b[n+keySize-stampSize:]
	}
	return keys, nil
}

// Keys yields the keys of the events of one day that runs have sent, but for those of one run, 0 for none. They are sorted only in
// parts. An error is the last thing yielded.
func (s *Store) Keys(ctx context.Context, day, besides int64) iter.Seq2[Key, error] {
	parts := query(ctx, s, "read what was sent from", func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, "SELECT keys FROM keys WHERE day = ? AND run <> ?", day, besides)
	return func(yield func(Key, error) bool) {
		for part, err := range parts {
			var keys []Key
			if err == nil {
				keys, err = decodeKeys(day, part)
				err = s.trouble("read what was sent from", err)
			}
			for _, key := range keys {
				if !yield(key, nil) {
					return
				}
			}
			if err != nil {
				yield(Key{}, err)
				return
			}
		}
	}
}

// forgottenKey is the name in meta of the first day whose keys are all kept.
const forgottenKey = "keys_from"

// Forget lets go of the keys of all days before one. What was sent of them is not known any more.
func (s *Store) Forget(ctx context.Context, before int64) error {
	err := s.transaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM keys WHERE day < ?", before); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES (?, ?)
			ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`, forgottenKey, before)
		return err
	})
	return s.trouble("forget old keys in", err)
}

// KeysFrom is the first day whose keys are all kept, the zero value when none were ever forgotten.
func (s *Store) KeysFrom(ctx context.Context) (day int64, err error) {
	text, err := s.meta(ctx, forgottenKey)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		day, err = strconv.ParseInt(text, 10, 64)
	}
	return day, s.trouble("read what was sent from", err)
}
