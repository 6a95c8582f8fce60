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

// Key identifies an event that was sent, by the bytes of its ID: six with the unix milliseconds of 00:00:00
// UTC of the event's day, and ten random ones. Where rejects and waiting rows have a Key, it is a hash.
type Key [keySize]byte

const (
	keySize   = 16
	stampSize = 6
)

// SecondsInDay is how many seconds a day of keys has.
const SecondsInDay = 24 * 60 * 60

// Day is the day of the key's event in UTC, counted from 1970-01-01.
func (k *Key) Day() int64 {
	millis := uint64(binary.BigEndian.Uint16(k[:]))<<32 | uint64(binary.BigEndian.Uint32(k[2:]))
	return int64(millis / (1000 * SecondsInDay))
}

// Compare orders keys by time.
func (k *Key) Compare(o *Key) int { return bytes.Compare(k[:], o[:]) }

// DayOf is the day of a time, as Key.Day counts.
func DayOf(t time.Time) int64 { return t.Unix() / SecondsInDay }

// Version distinguishes versions of one event.
type Version struct {
	Content uint32 // 24 bits of a hash of what the row says
	Created int64  // when PostHog took it in, unix seconds; 0 when that is not known
}

// Sent is an event that was acknowledged, in the version that was sent.
type Sent struct {
	Key
	Version
}

// The keys of a day are stored in parts. Each Save of a run makes a part, which takes in the earlier parts of
// the same run that are no larger. So a key is rewritten only when its part doubles in size.
const maxKeysInPart = 32 << 10 // a part with so many keys is not merged any more

// saveSent saves the keys of the events that were sent in a step.
func (r *Run) saveSent(tx *sql.Tx, keys []Sent) error {
	if len(keys) == 0 {
		return nil
	}
	slices.SortFunc(keys, compareSent)
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

func compareSent(a, b Sent) int { return a.Key.Compare(&b.Key) }

// keyParts holds the prepared statements that save keys of many days.
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

// close closes the statements.
func (p *keyParts) close() {
	for _, statement := range []*sql.Stmt{p.last, p.drop, p.insert} {
		if statement != nil {
			_ = statement.Close() // the commit reports errors
		}
	}
}

// save saves sorted keys of one day.
func (p *keyParts) save(day int64, keys []Sent) error {
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
		if count > len(keys) || count+len(keys) > maxKeysInPart {
			part++
			break
		}
		before, err := decodeKeys(day, kept)
		if err != nil {
			return err
		}
		keys = append(before, keys...)
		slices.SortFunc(keys, compareSent)
		if _, err := p.drop.Exec(day, p.run, part); err != nil {
			return err
		}
	}
	_, err := p.insert.Exec(day, p.run, part, len(keys), encodeKeys(day, keys))
	return err
}

// The sizes of a stored key: its random bytes and the content of its version, then the creation time of that.
const (
	contentSize = 3
	fixedSize   = keySize - stampSize + contentSize
)

// encodeKeys encodes sorted keys of one day. For each it writes the random bytes, the content of the version,
// and a varint for the creation time of the version: 0 if that is not known, otherwise 1 plus the
// zigzag-encoded seconds since the day began.
func encodeKeys(day int64, keys []Sent) []byte {
	b := make([]byte, 0, len(keys)*(fixedSize+3)+8)
	for i := range keys {
		k := &keys[i]
		b = append(b, k.Key[stampSize:]...)
		b = append(b, byte(k.Content>>16), byte(k.Content>>8), byte(k.Content))
		if k.Created == 0 {
			b = append(b, 0)
			continue
		}
		since := k.Created - day*SecondsInDay
		b = binary.AppendUvarint(b, uint64(since<<1^since>>63)+1)
	}
	return b
}

var errKeys = errors.New("its keys cannot be decoded")

func decodeKeys(day int64, b []byte) (keys []Sent, err error) {
	var k Sent
	millis := uint64(day * SecondsInDay * 1000)
	binary.BigEndian.PutUint16(k.Key[:], uint16(millis>>32))
	binary.BigEndian.PutUint32(k.Key[2:], uint32(millis))
	for len(b) > 0 {
		if len(b) < fixedSize {
			return nil, errKeys
		}
		content := b[copy(k.Key[stampSize:], b):]
		k.Content = uint32(content[0])<<16 | uint32(content[1])<<8 | uint32(content[2])
		created, n := binary.Uvarint(b[fixedSize:])
		if n <= 0 {
			return nil, errKeys
		}
		k.Created = 0
		if created > 0 {
			created--
			k.Created = int64(created>>1) ^ -int64(created&1)
			k.Created += day * SecondsInDay
		}
		keys, b = append(keys, k), b[fixedSize+n:]
	}
	return keys, nil
}

// Sent yields the events of one day that were sent by all runs except besides, which is 0 for no exception.
// They are sorted only within parts. An error is the last thing yielded.
func (s *Store) Sent(ctx context.Context, day, besides int64) iter.Seq2[Sent, error] {
	parts := query[[]byte]{
		doing: "reading what was sent from", text: "SELECT keys FROM keys WHERE day = ? AND run <> ?", scan: scanValue[[]byte],
	}.each(ctx, s, day, besides)
	return func(yield func(Sent, error) bool) {
		for part, err := range parts {
			var keys []Sent
			if err == nil {
				keys, err = decodeKeys(day, part)
				err = s.wrapError("reading what was sent from", err)
			}
			for _, key := range keys {
				if !yield(key, nil) {
					return
				}
			}
			if err != nil {
				yield(Sent{}, err)
				return
			}
		}
	}
}

// SentDays returns the days of the events that were sent, in ascending order.
func (s *Store) SentDays(ctx context.Context) ([]int64, error) {
	return query[int64]{
		doing: "reading what was sent from", text: "SELECT DISTINCT day FROM keys ORDER BY day", scan: scanValue[int64],
	}.all(ctx, s)
}

// firstKeptDayKey is the name in meta of the first day whose keys are all kept.
const firstKeptDayKey = "keys_from"

// Forget deletes the keys of all days before one. Events of those days count as not sent afterwards.
func (s *Store) Forget(ctx context.Context, before int64) error {
	err := s.transaction(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM keys WHERE day < ?", before); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO meta VALUES (?, ?)
			ON CONFLICT DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`, firstKeptDayKey, before)
		return err
	})
	return s.wrapError("removing old keys from", err)
}

// FirstKeptDay returns the first day whose keys are all kept, 0 if Forget has never deleted any.
func (s *Store) FirstKeptDay(ctx context.Context) (day int64, err error) {
	text, err := s.meta(ctx, firstKeptDayKey)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		day, err = strconv.ParseInt(text, 10, 64)
	}
	return day, s.wrapError("reading what was sent from", err)
}
