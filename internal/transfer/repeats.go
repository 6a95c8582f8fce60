package transfer

import (
	"cmp"
	"context"
	"os"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/spool"
	"ph2cio/internal/transfer/deliver"
)

// repeats are the rows that are not sent because another one stands for them: a newer version of the same
// event, or what an earlier run has sent. To find them, the keys of all rows are sorted, mostly on disk. The
// result has one bit for each row.
type repeats struct {
	duplicate parallel.Bitset // by Ref: another row of the sources stands for it
	earlier   parallel.Bitset // by Ref: an earlier run has sent it
	late      parallel.Bitset // by Ref: it corrects what an earlier run has sent
	refused   parallel.Bitset // by Ref: an earlier run has rejected it, and no other row stands for it
	sentAgain int64           // of duplicate, rows of events that an earlier run has sent
	spared    sparedRows      // of duplicate and earlier
	unfit     int64           // rows that stand for an event, and may be too large to be sent

	space    *spool.Space
	sorter   *spool.Sorter[version]
	ids      []mapping.EventIDs // of each worker
	sizers   []*mapping.Sizer   // the same
	days     map[int64]bool     // on which the events of all keys are
	undated  undated            // the rejected rows whose day is not known
	from     int64              // the first day of which the state has all that was sent
	rejected rejectedKeys       // what earlier runs have rejected
	closed   rejectedKeys       // of these, what a retry leaves alone as well
	open     ledger.OpenEvents  // of the rows that earlier runs have rejected
	listed   rejectedKeys       // corrections of what was sent that earlier runs have listed
	retry    bool               // what was rejected is tried again
	uuids    ledger.UUIDs       // of the rows of earlier runs
}

// sparedRows are rows that would be rejected or held if another version of their event could not be sent, or
// had not been sent by an earlier run.
type sparedRows struct {
	rows    int64
	earlier int64 // of rows, those of events that an earlier run has sent
	bad     int64 // of rows, those that no earlier run has rejected
}

const (
	repeatsHeld  = 6 << 20   // bytes of sorted versions in memory
	repeatsAtOne = 192 << 10 // versions that are sorted at once
)

// Repeat says whether a row is sent as its event, or what stands for it instead.
type Repeat uint8

const (
	NoRepeat      Repeat = iota // no other row stands for its event
	Duplicate                   // another row of the sources stands for its event
	SentEarlier                 // an earlier run has sent it
	CorrectedLate               // it corrects what an earlier run has sent, and is not sent
)

// of tells what a row is, by its Ref, once find has returned.
func (r *repeats) of(ref uint64) Repeat {
	switch {
	case r.duplicate.Has(ref):
		return Duplicate
	case r.earlier.Has(ref):
		return SentEarlier
	case r.late.Has(ref):
		return CorrectedLate
	}
	return NoRepeat
}

// newRepeats sorts keys in rules.Index.Dir, or in the temporary directory if that is empty.
func newRepeats(input *Input, rules *Rules) *repeats {
	space := spool.NewSpace(cmp.Or(rules.Index.Dir, os.TempDir()), repeatsHeld)
	r := &repeats{
		space: space, days: map[int64]bool{}, ids: make([]mapping.EventIDs, input.workers()),
		sorter: &spool.Sorter[version]{
			Space: space, Most: repeatsAtOne, Compare: (*version).compare, Append: appendVersion, Read: readVersion,
		},
	}
	for range r.ids {
		r.sizers = append(r.sizers, rules.Mapping.NewSizer())
	}
	return r
}

// begin reads from the state since when it has what was sent, and what was rejected.
func (r *repeats) begin(ctx context.Context, earlier *Earlier) (err error) {
	if earlier.State == nil {
		return nil
	}
	r.retry = earlier.RetryRows
	if r.uuids, err = earlier.State.UUIDs(ctx); err != nil {
		return err
	}
	if !earlier.ResendOld {
		r.from, err = earlier.State.FirstKeptDay(ctx)
	}
	if err == nil {
		r.rejected, err = earlier.State.RejectKeys(ctx, earlier.resumedID())
	}
	if err == nil {
		r.closed, err = earlier.State.ClosedRejectKeys(ctx, earlier.resumedID())
	}
	if err == nil {
		r.open, err = earlier.State.OpenEvents(ctx)
	}
	if err == nil {
		r.listed, err = earlier.State.ListedKeys(ctx, mapping.ReasonCorrectedLate, earlier.resumedID())
	}
	return err
}

// chunkKeys are the keys of one chunk's rows that could be sent.
type chunkKeys struct {
	ids      *mapping.EventIDs
	sizer    *mapping.Sizer
	from     int64 // as in repeats
	rejected rejectedKeys
	versions []version

	withUUID, withoutUUID int64 // rows that could be sent, not those that PostHog's own destination has sent
}

// rejectedBefore is the outcome of a row that an earlier run has rejected, as long as no other row stands for
// its event.
var rejectedBefore = mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonRejectedBefore}

// wasRejected reports whether an earlier run has rejected a row that is the same in every byte.
func (k *chunkKeys) wasRejected(key func([]byte) ledger.Key, row []byte) bool {
	return len(k.rejected) > 0 && k.rejected.has(key(row))
}

// add adds a row that could be sent, and returns what becomes of it: it is skipped if an earlier run has
// rejected it, or if it is of a day for which the state no longer has what was sent. o is the outcome by the
// rules alone.
func (k *chunkKeys) add(e *posthog.Event, o mapping.Outcome) mapping.Outcome {
	isLive := o.Bucket == mapping.Skipped && o.Reason == mapping.ReasonLive
	switch {
	case o.Bucket == mapping.Skipped && o.Reason == mapping.ReasonRecent:
		k.addHeld(e)
		return o
	case o.Bucket == mapping.Skipped && !isLive:
		return o
	case !isLive && k.wasRejected(keyOfRow, e.Row):
		k.addRefused(e, refusedBefore)
		return rejectedBefore
	case o.Bucket == mapping.Rejected:
		k.addRefused(e, refused)
		return o
	case o.Bucket != mapping.Send && !isLive:
		return o
	}
	v := versionOf(ledger.Key(k.ids.Of(e)), e, 0)
	if isLive {
		v.standing = live
		k.versions = append(k.versions, v)
		return o
	}
	if v.day() < k.from {
		return mapping.Outcome{Bucket: mapping.Skipped, Reason: mapping.ReasonTooOld}
	}
	k.count(e)
	v.standing = standingOf(k.sizer.Of(e))
	v.content = k.ids.Content(e)
	k.versions = append(k.versions, v)
	return o
}

// addRefused adds a row that can be sent only in another version.
func (k *chunkKeys) addRefused(e *posthog.Event, s standing) {
	v := versionOf(ledger.Key(k.ids.Of(e)), e, 0)
	v.standing = s
	k.versions = append(k.versions, v)
}

// addHeld adds a row that is held because it is recent. An earlier run may have sent it.
func (k *chunkKeys) addHeld(e *posthog.Event) {
	v := versionOf(ledger.Key(k.ids.Of(e)), e, k.ids.Content(e))
	v.standing = held
	k.versions = append(k.versions, v)
}

func standingOf(f mapping.Fit) standing {
	return [...]standing{mapping.Fits: fits, mapping.MayFit: mayFit, mapping.TooLarge: tooLarge}[f]
}

// count counts a row that could be sent by whether it has a uuid.
func (k *chunkKeys) count(e *posthog.Event) {
	if e.HasUUID || e.UUIDText != nil {
		k.withUUID++
	} else {
		k.withoutUUID++
	}
}

// newChunkKeys collects the keys of a chunk, on one of the workers.
func (r *repeats) newChunkKeys(worker int, c *posthog.Chunk) *chunkKeys {
	return &chunkKeys{
		ids: &r.ids[worker], sizer: r.sizers[worker], from: r.from, rejected: r.notRetried(),
		versions: make([]version, 0, c.Rows/2+1),
	}
}

// notRetried returns the keys of rejected rows and people that are not tried again.
func (r *repeats) notRetried() rejectedKeys { return r.notRetriedIf(r.retry) }

// notRetriedIf returns the keys of what was rejected and is not tried again. retry says whether what was
// rejected is tried again unless somebody has closed it.
func (r *repeats) notRetriedIf(retry bool) rejectedKeys {
	if retry {
		return r.closed
	}
	return r.rejected
}

// add takes the keys of the next chunk.
func (r *repeats) add(versions []version) {
	day := int64(-1)
	for i := range versions {
		if now := versions[i].day(); now != day {
			day = now
			r.days[day] = true
		}
		r.undated.add(&versions[i])
		r.sorter.Add(versions[i])
	}
}

// find finds the repeats among all rows that were added and all that earlier runs have sent, without the
// resumed one.
func (r *repeats) find(ctx context.Context, earlier *Earlier) error {
	if err := r.addSent(ctx, earlier); err != nil {
		return err
	}
	var last version
	var event sameEvent
	drop := func(v version) {
		r.duplicate.Add(v.ref - 1)
		if len(event.sent) > 0 {
			r.sentAgain++
		}
	}
	stands := NoRepeat // for rows that are versions of last as far as can be told without the day
	for v, err := range spool.Until(ctx, r.sorter.Sorted()) {
		if err != nil {
			return err
		}
		if !v.sameKey(&last) {
			stands = max(stands, event.stands())
			r.endEvent(&event, drop)
		}
		if !v.sameBesidesDay(&last) {
			stands = NoRepeat
		}
		switch {
		case v.standing == held:
			r.addHeld(&v, &event)
		case !v.standing.isRefused():
			event.add(v, drop)
		case v.day() == 0: // not known
			r.addRefused(&v, stands)
		default:
			r.addRefused(&v, event.stands())
		}
		last = v
	}
	r.endEvent(&event, drop)
	r.days = nil
	return r.space.Close()
}

// addRefused notes what becomes of a row that can be sent only in another version. by is what stands for its
// event, NoRepeat for nothing.
func (r *repeats) addRefused(v *version, by Repeat) {
	ref := v.ref - 1
	switch by {
	case Duplicate:
		r.duplicate.Add(ref)
	case SentEarlier:
		r.earlier.Add(ref)
	default:
		if v.standing == refusedBefore {
			r.refused.Add(ref)
		}
		return
	}
	r.spared.add(v, by)
}

// addHeld notes a held row as sent if an earlier run has sent its event, unless the row corrects that: then
// it waits until it can be listed. Versions that were sent have been added before.
func (r *repeats) addHeld(v *version, of *sameEvent) {
	if len(of.sent) > 0 && !r.lists(of, v) {
		r.earlier.Add(v.ref - 1)
		r.spared.add(v, SentEarlier)
	}
}

// add counts a row that another version or an earlier run stands for.
func (s *sparedRows) add(v *version, by Repeat) {
	s.rows++
	if by == SentEarlier {
		s.earlier++
	}
	if v.standing == refused {
		s.bad++
	}
}

// endEvent notes what becomes of the row that stands for an event, and empties e for the next event.
func (r *repeats) endEvent(e *sameEvent, drop func(version)) {
	winner := e.decide(drop)
	switch {
	case winner.ref == 0:
	case len(e.sent) == 0:
		if winner.standing != fits {
			r.unfit++
		}
	case r.lists(e, &winner):
		r.late.Add(winner.ref - 1)
	default:
		r.earlier.Add(winner.ref - 1)
	}
	e.reset()
}

// lists reports whether a row is to be listed as a correction of what was sent. Each correction is listed
// once, however often and in whatever file its row is read.
func (r *repeats) lists(e *sameEvent, winner *version) bool {
	return e.corrected(winner) && (len(r.listed) == 0 || !r.listed.has(winner.keyOfCorrection()))
}

// leaveOut makes a chunk skip its repeats and what an earlier run has rejected, and counts them. It does not
// skip rows that correct what was sent, because each of those is listed; with showsRefused it does not skip what an
// earlier run has rejected either.
func (r *repeats) leaveOut(c *posthog.Chunk, counted *deliver.RowCounts, showsRefused bool) {
	var earlier, duplicate int64
	left := parallel.Bitset(c.Left)
	left, earlier = r.earlier.Cut(left, c.Ref, c.Rows)
	left, duplicate = r.duplicate.Cut(left, c.Ref, c.Rows)
	if showsRefused {
		c.Left, left = left, nil
	}
	left, refused := r.refused.Cut(left, c.Ref, c.Rows)
	if !showsRefused {
		c.Left = left
	}
	counted.Repeats(earlier, duplicate)
	if refused > 0 {
		counted.Skip(mapping.ReasonRejectedBefore, refused)
	}
}
