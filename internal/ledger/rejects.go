package ledger

import (
	"context"
	"database/sql"
	"iter"
	"slices"
)

// Reject is a row or an operation that could not be sent.
type Reject struct {
	Phase  Phase
	Number uint64 // as in a Position; each is rejected at most once in a phase
	Reason string
	Key    Key    // identifies it when it comes again; zero if nothing does
	Event  Key    // the ID of a row's event, with day 0 if its day is not known; zero if the row is no event
	Person string // of an identify, and of a row that is rejected with its person: the kept distinct ID; empty for anything else
	Closed bool   // listed with the rejects, but never tried again, as what is dismissed
	Text   []byte // its line of rejects.jsonl, without the line's end
}

// saveRejects saves the rejects of a step.
func (r *Run) saveRejects(tx *sql.Tx, rejects []Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	add, err := tx.Prepare("INSERT INTO rejects (run, phase, number, reason, text, key, event, person, retried) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer add.Close()
	for _, one := range rejects {
		closed := sql.NullInt64{Int64: r.ID, Valid: one.Closed}
		_, err := add.Exec(r.ID, one.Phase, int64(one.Number), one.Reason, string(one.Text), one.Key.orNull(), one.Event.orNull(),
			sql.NullString{String: one.Person, Valid: one.Person != ""}, closed)
		if err != nil {
			return err
		}
	}
	return nil
}

// orNull returns the bytes of a key, nil for the zero key.
func (k *Key) orNull() []byte {
	if *k == (Key{}) {
		return nil
	}
	return k[:]
}

// Rejects yields the rejects of a run, and what is listed with them, in the order of their phases and
// numbers. An error is the last thing yielded. The store must not be used for anything else meanwhile.
func (r *Run) Rejects(ctx context.Context) iter.Seq2[Reject, error] {
	return query[Reject]{
		doing: "reading the rejects in",
		text:  "SELECT phase, number, reason, text, retried IS run OR dismissed IS NOT NULL FROM rejects WHERE run = ? ORDER BY phase, number",
		scan:  scanReject,
	}.each(ctx, r.store, r.ID)
}

func scanReject(rows *sql.Rows) (one Reject, err error) {
	var number int64
	err = rows.Scan(&one.Phase, &number, &one.Reason, &one.Text, &one.Closed)
	one.Number = uint64(number)
	return one, err
}

// Reasons counts the rejects of a run by reason.
func (r *Run) Reasons(ctx context.Context) (map[string]int64, error) {
	return r.store.countReasons(ctx, "SELECT reason, count(*) FROM rejects WHERE run = ? AND retried IS NOT run GROUP BY reason", r.ID)
}

// countReasons returns the counts that a query answers with, by reason.
func (s *Store) countReasons(ctx context.Context, text string, args ...any) (map[string]int64, error) {
	type count struct {
		reason string
		n      int64
	}
	counts := query[count]{
		doing: "counting the rejects in", text: text,
		scan: func(rows *sql.Rows) (c count, err error) {
			err = rows.Scan(&c.reason, &c.n)
			return c, err
		},
	}
	all := map[string]int64{}
	for one, err := range counts.each(ctx, s, args...) {
		if err != nil {
			return nil, err
		}
		all[one.reason] = one.n
	}
	return all, nil
}

// RejectKeys returns the sorted keys of what was rejected and not tried again since, in all runs except
// besides, which is 0 for no exception. It includes what was dismissed, and rows of whose events another
// version was sent, but not people of whom another identify was sent, nor freed rows.
func (s *Store) RejectKeys(ctx context.Context, besides int64) ([]Key, error) {
	return s.rejectKeys(ctx, "retried IS NULL AND NOT (phase = 1 AND sent IS NOT NULL AND sent <> ?1) AND NOT ("+isFreed+")", besides)
}

// ClosedRejectKeys returns those of RejectKeys that a retry leaves alone as well: of what was dismissed, and
// of rows of whose events a run other than besides has sent another version. A retry tries a dismissed person
// if rows are open that were rejected with the person.
func (s *Store) ClosedRejectKeys(ctx context.Context, besides int64) ([]Key, error) {
	return s.rejectKeys(ctx, "retried IS NULL AND (sent <> ?1 AND phase <> 1 OR dismissed IS NOT NULL AND NOT "+isNeeded+")", besides)
}

// ListedKeys returns the sorted keys of what runs other than besides have only listed for one reason.
func (s *Store) ListedKeys(ctx context.Context, reason string, besides int64) ([]Key, error) {
	return s.rejectKeys(ctx, "retried IS run AND reason = ?2", besides, reason)
}

func (s *Store) rejectKeys(ctx context.Context, where string, args ...any) ([]Key, error) {
	all, err := query[Key]{
		doing: "reading the rejects in",
		text:  "SELECT key FROM rejects WHERE key IS NOT NULL AND run <> ?1 AND " + where,
		scan:  scanKey,
	}.all(ctx, s, args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Key) int { return a.Compare(&b) })
	return slices.Compact(all), nil
}

func scanKey(rows *sql.Rows) (k Key, err error) {
	var b []byte
	if err = rows.Scan(&b); err == nil && copy(k[:], b) != keySize {
		err = errKeys
	}
	return k, err
}

// OpenRejects counts the rejects that are open: no run has tried them again or has sent another version of
// their event, and nobody has dismissed them.
type OpenRejects struct {
	Rows, People int64
	Merges       int64
	Emails       int64    // identifies that come after merges
	FirstRun     int64    // the first run with such rows; 0 without any
	Sources      []Source // with such rows, as runs have read them, by path
}

// OpenRejects returns the open rejects of all runs.
func (s *Store) OpenRejects(ctx context.Context) (open OpenRejects, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE phase = ?1), count(*) FILTER (WHERE phase = ?2),
		count(*) FILTER (WHERE phase = ?3), count(*) FILTER (WHERE phase = ?4),
		coalesce(min(run) FILTER (WHERE phase = ?1), 0)
		FROM rejects WHERE `+isOpen, Events, People, Merges, Emails).Scan(&open.Rows, &open.People, &open.Merges, &open.Emails, &open.FirstRun)
	if err != nil {
		return open, s.wrapError("reading the rejects in", err)
	}
	sources, err := s.sourcesWithRejects(ctx, isOpen, 0)
	for _, one := range sources {
		open.Sources = append(open.Sources, one.Source)
	}
	open.Sources = slices.Compact(open.Sources)
	return open, err
}

// RejectedPeople returns the kept distinct IDs of the people whom any run has rejected and none has sent
// since.
func (r *Run) RejectedPeople(ctx context.Context) ([]string, error) {
	return query[string]{
		doing: "reading the rejects in",
		text:  "SELECT DISTINCT person FROM rejects WHERE person IS NOT NULL AND phase IN (1, 4) AND retried IS NULL AND sent IS NULL",
		scan:  scanValue[string],
	}.all(ctx, r.store)
}
