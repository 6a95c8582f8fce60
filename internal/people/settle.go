package people

import (
	"bytes"
	"cmp"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ph2cio/internal/posthog"
)

// Person is one person to send. It is shared and must not be changed.
type Person struct {
	Number     uint32 // from 0, in order of Settled.People; then those who are sent without an identify
	DistinctID string // the kept ID
	By         By
	Value      string       // of the identifier, under By
	UUID       posthog.UUID // PostHog's person UUID, as on the newest row; zero when unknown
	Updated    int64        // unix seconds of the newest row with attributes or a change of them, 0 when none has a time
	Events     bool         // has an event to send
}

// Settled is the answer to who is who, fixed. Its methods may be called from many goroutines.
type Settled struct {
	index      *Index
	persons    []Person
	yielded    int      // how many of the persons get an identify; they come first
	attributes [][]byte // by Person.Number: properties, written with the keys of the person's shard
	shards     []uint8  // by Person.Number
	links      []Link
	counts     Counts
}

// Settle ends the first reading: Observe must not be called any more, and Settle only once. It panics when c.Merges is
// set but Options.Links was not.
func (x *Index) Settle(c Choice) *Settled {
	if c.Merges && !x.options.Links {
		panic("people: Choice.Merges without Options.Links")
	}
	s := &settler{index: x, choice: c, settled: &Settled{index: x}}
	s.judge()
	s.settleConflicts()
	sent := s.sent()
	s.makePersons(sent)
	s.finish(sent)
	s.settled.counts = s.count()
	if c.Merges {
		s.settled.links = s.merges()
	}
	return s.settled
}

// settler is Settle at work.
type settler struct {
	index          *Index
	choice         Choice
	settled        *Settled
	emails, cioIDs [shardCount][]claim
	tallies        [shardCount]tally
	profiles       [3]int // by everyWho
	conflicts      int
	events         int64
}

// judge decides for each ID alone whether it is identified, has an email, and is sent.
func (s *settler) judge() {
	s.index.eachShard(func(number int, sh *shard) {
		var folded []byte
		for i := range sh.ids.count {
			en := sh.ids.at(i)
			en.status = Anonymous
			if !en.seen() {
				continue
			}
			en.marks = en.marks.judge(sh.ids.texts.bytes(en.text))
			if st := sh.stateOf(en); st != nil {
				sh.prune(st)
				sh.work.shrink()
				here := placeOf(uint64(number), i)
				if email, ok := st.email(); ok {
					en.marks |= hasEmail
					folded = appendFolded(folded[:0], email)
					s.emails[number] = append(s.emails[number], claim{s.index.sum(folded), here})
				}
				if id, ok := st.cioID(); ok && slices.Contains(s.choice.By, ByCioID) {
					en.marks |= hasCioID
					s.cioIDs[number] = append(s.cioIDs[number], claim{s.index.sum(id), here})
				}
			}
			s.tallies[number].add(en.marks, &s.choice)
		}
		sh.ids.texts.freeze()
	})
}

// email returns the person's final email, trimmed, if it is a plausible one.
func (st *state) email() ([]byte, bool) {
	value, _, _ := st.value(emailKey)
	text, ok := plainText(value)
	return bytes.TrimSpace(text), ok && PlausibleEmail(text)
}

// cioID returns the person's final cio_id as the API wants it, without `cio_` in front.
func (st *state) cioID() ([]byte, bool) {
	value, _, _ := st.value(cioIDKey)
	text, _ := plainText(value)
	text = bytes.TrimPrefix(bytes.TrimSpace(text), []byte("cio_"))
	return text, len(text) > 0
}

// candidate is an ID that is sent.
type candidate struct {
	first uint64
	place place
	gets  bool // gets an identify
}

// sent gives each ID its status and returns those that are sent: those who get an identify first, then by first row.
func (s *settler) sent() []candidate {
	sent := make([]candidate, 0, s.decide())
	for number := range s.index.shards {
		sh := &s.index.shards[number]
		for i := range sh.ids.count {
			if en := sh.ids.at(i); en.seen() && en.status == Sent {
				gets := s.choice.profile(s.choice.Who, en.marks)
				sent = append(sent, candidate{en.first, placeOf(uint64(number), i), gets})
			}
		}
	}
	slices.SortFunc(sent, func(a, b candidate) int {
		if a.gets != b.gets {
			if a.gets {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.first, b.first)
	})
	return sent
}

// decide gives each ID its status, and returns how many are sent.
func (s *settler) decide() (sent int) {
	for number := range s.index.shards {
		sh := &s.index.shards[number]
		for i := range sh.ids.count {
			en := sh.ids.at(i)
			if !en.seen() {
				continue
			}
			if en.status = s.status(en.marks); en.status == Sent {
				s.events += int64(en.events)
				sent++
			}
		}
	}
	return sent
}

func (s *settler) status(m marks) Status {
	if !s.choice.Who.takes(m) {
		return s.choice.Who.leaves()
	}
	if _, ok := s.choice.by(m); !ok {
		return NoIdentifier
	}
	return Sent
}

// makePersons makes the persons in the order given.
func (s *settler) makePersons(sent []candidate) {
	s.settled.persons = make([]Person, len(sent))
	s.settled.attributes = make([][]byte, len(sent))
	s.settled.shards = make([]uint8, len(sent))
	for number, one := range sent {
		sh := &s.index.shards[one.place.shard()]
		en := sh.ids.at(one.place.number())
		p := Person{
			Number:     uint32(number),
			DistinctID: sh.ids.texts.string(en.text),
			Events:     en.marks&hasEvents != 0,
		}
		p.By, _ = s.choice.by(en.marks)
		p.Value = p.DistinctID
		if st := sh.stateOf(en); st != nil {
			switch p.By {
			case ByEmail:
				email, _ := st.email()
				p.Value = string(email)
			case ByCioID:
				id, _ := st.cioID()
				p.Value = string(id)
			}
			p.UUID = st.uuid
			if at := st.updated(); at != noTime {
				p.Updated = posthog.Time{Micros: at}.Seconds()
			}
		}
		if one.gets {
			en.marks |= getsProfile
			s.settled.yielded++
			if en.marks&lostEmail != 0 {
				s.conflicts++
			}
		}
		s.settled.persons[number] = p
	}
}

// finish brings the attributes of those who are sent to their final form, and lets go of all else.
func (s *settler) finish(sent []candidate) {
	s.index.eachShard(func(_ int, sh *shard) {
		for i := range sh.ids.count {
			en := sh.ids.at(i)
			st := sh.stateOf(en)
			if st == nil || en.status != Sent {
				en.link = 0
				continue
			}
			without := inlineKey
			if en.marks&lostEmail != 0 {
				without = emailKey
			}
			sh.finish(st, without, s.index.options.KeepNull)
		}
	})
	for number, one := range sent {
		sh := &s.index.shards[one.place.shard()]
		en := sh.ids.at(one.place.number())
		if st := sh.stateOf(en); st != nil {
			s.settled.attributes[number] = st.buf
		}
		s.settled.shards[number] = uint8(one.place.shard())
		en.link = uint32(number) + 1
	}
	for i := range s.index.shards {
		sh := &s.index.shards[i]
		sh.states, sh.work = stateTable{}, scratch{}
	}
}

// Lookup tells who a distinct ID is. The person is nil unless the status is Sent. An ID that was never observed is
// Illegal if it is that, else Anonymous.
func (s *Settled) Lookup(distinctID []byte) (*Person, Status) {
	hash, number := s.index.hash(distinctID)
	sh := &s.index.shards[number]
	i, found := sh.ids.find(hash, distinctID)
	if !found {
		if posthog.IllegalID(distinctID) {
			return nil, Illegal
		}
		return nil, Anonymous
	}
	en := sh.ids.at(i)
	if en.status != Sent {
		return nil, en.status
	}
	return &s.persons[en.link-1], Sent
}

// People yields those who get an identify, in order of their first row.
func (s *Settled) People() iter.Seq[*Person] {
	return func(yield func(*Person) bool) {
		for i := range s.yielded {
			if !yield(&s.persons[i]) {
				return
			}
		}
	}
}

// parallel calls f with each number below n, on as many goroutines as there are cores to run them.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	done.Wait()
}
