package people

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"ph2cio/internal/parallel"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// part is the attributes of some of the candidates, those that follow each other.
type part struct {
	mu     sync.Mutex
	pieces *spool.Log // as they come: the candidate's number, the ID's node, and a piece
	finals *spool.Log // the final properties, in order of the candidates

	joinings *spool.Log // the candidate's number, and which of its IDs became one person
	emails   []claim
	cioIDs   []claim
}

// partSize is how many candidates a part has at most; there are 64 parts at least. A part's attributes are in memory while it
// is folded.
const partSize = 16 << 10

// partOf is the number of the part that a candidate belongs to.
func (s *settler) partOf(candidate uint32) uint32 {
	return uint32(uint64(candidate) * uint64(len(s.finals)) / uint64(len(s.candidates)))
}

// fold finds each candidate's final attributes, over all its IDs.
func (s *settler) fold() error {
	s.finals = make([]part, max(64, len(s.candidates)/partSize))
	for i := range s.finals {
		p := &s.finals[i]
		p.pieces, p.finals, p.joinings = s.x.space.NewLog(), s.x.space.NewLog(), s.x.space.NewLog()
		s.settled.parts = append(s.settled.parts, s.finals[i].finals)
	}
	if err := s.x.eachShard(s.ctx, s.handOut); err != nil {
		return err
	}
	if err := s.handOutExported(); err != nil {
		return err
	}
	if err := s.handOutJoinings(); err != nil {
		return err
	}
	if s.x.options.PersonIDs {
		s.uuids = make([]rawjson.UUID, len(s.candidates))
	}
	s.emails, s.cioIDs = s.newClaims(), s.newClaims()
	var lock sync.Mutex
	return parallel.EachUntilError(s.ctx, len(s.finals), func(i int) error {
		p := &s.finals[i]
		if err := s.foldPart(p); err != nil {
			return err
		}
		lock.Lock()
		defer lock.Unlock()
		for _, c := range p.emails {
			s.emails.Add(c)
		}
		for _, c := range p.cioIDs {
			s.cioIDs.Add(c)
		}
		p.emails, p.cioIDs = nil, nil
		return nil
	})
}

// handOut gives the states of a shard's IDs to the parts of their candidates.
func (s *settler) handOut(shard uint32, sh *shard) error {
	give := func(owner uint32, st *state) {
		if number, ok := s.candidateOf(s.first[shard] + owner); ok {
			s.fusion.sees(s, s.first[shard]+owner, st, &sh.work)
			s.give(number, s.first[shard]+owner, st, &sh.work)
		}
	}
	defer func() { sh.states, sh.work = stateTable{}, scratch{} }()
	if sh.pieces.Len() == 0 {
		for i := range sh.states.count {
			st := sh.states.at(i)
			give(st.owner, st)
			st.buf = nil
		}
		return nil
	}
	s.oneShard.Lock() // all that is known of its IDs' attributes is in memory meanwhile
	defer s.oneShard.Unlock()
	sh.putStates()
	wholes := make([]*whole, sh.ids.count)
	for entry, err := range sh.pieces.All() {
		if err != nil {
			return err
		}
		owner, _ := sh.ids.find(readSum(entry))
		if _, ok := s.candidateOf(s.first[shard] + owner); !ok {
			continue
		}
		if wholes[owner] == nil {
			wholes[owner] = &whole{}
		}
		st := readPiece(bytes.Clone(entry[sumSize:]))
		wholes[owner].add(&st)
	}
	sh.pieces.Drop()
	for owner, w := range wholes {
		if w != nil {
			give(uint32(owner), &w.state)
		}
	}
	return nil
}

func (s *settler) give(number, node uint32, st *state, w *scratch) {
	st.dumped = false
	w.out = binary.LittleEndian.AppendUint32(w.out[:0], number)
	w.out = st.appendPiece(binary.LittleEndian.AppendUint32(w.out, node))
	part := &s.finals[s.partOf(number)]
	part.mu.Lock()
	defer part.mu.Unlock()
	part.pieces.Append(w.out)
}

// handOutExported gives the properties of the persons export to the parts.
func (s *settler) handOutExported() error {
	if s.x.persons == nil {
		return nil
	}
	var r spool.Reader
	var w scratch
	for _, e := range s.x.persons.inOrder() {
		if e.node == 0 || !e.properties {
			continue
		}
		if number, ok := s.candidateOf(e.node - 1); ok {
			st, err := s.x.persons.state(e, &r)
			if err != nil {
				return err
			}
			s.give(number, e.node-1, &st, &w)
		}
	}
	return nil
}

// owned is a state of one of a candidate's IDs.
type owned struct {
	candidate, node uint32
	state
}

func (s *settler) foldPart(p *part) error {
	all := make([]owned, 0, p.pieces.Len())
	for entry, err := range p.pieces.All() {
		if err != nil {
			return err
		}
		number, node := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:])
		all = append(all, owned{number, node, readPiece(bytes.Clone(entry[8:]))})
	}
	p.pieces.Drop()
	slices.SortStableFunc(all, func(a, b owned) int { return cmp.Compare(a.candidate, b.candidate) })
	joinings, err := p.readJoinings()
	if err != nil {
		return err
	}
	var w scratch
	for states := range runs(all, func(a, b *owned) bool { return a.candidate == b.candidate }) {
		s.foldOne(p, states, joinings[states[0].candidate], &w)
	}
	return nil
}

// readJoinings returns the joinings of a part, by candidate, in the order in which they came.
func (p *part) readJoinings() (map[uint32][]joining, error) {
	all := map[uint32][]joining{}
	for entry, err := range p.joinings.All() {
		if err != nil {
			return nil, err
		}
		number := binary.LittleEndian.Uint32(entry)
		all[number] = append(all[number], readJoining(entry[4:]))
	}
	p.joinings.Drop()
	return all, nil
}

// foldOne finds the final attributes of one candidate.
func (s *settler) foldOne(p *part, states []owned, joinings []joining, w *scratch) {
	number := states[0].candidate
	c := &s.candidates[number]
	for i := range states {
		c.updated = max(c.updated, states[i].updated())
	}
	st := w.foldIDs(states, joinings, &s.x.keys)
	w.prune(st, &s.x.keys)
	w.shrink()
	s.askFor(c, st)
	if email, at, ok := st.email(); ok && !(s.choice.Excluded != nil && s.choice.Excluded(email)) {
		c.traits |= hasEmail
		_, there := s.x.options.Existing.byEmail(email)
		p.emails = append(p.emails, claim{s.x.sum(FoldEmail(nil, email)), at, number, there})
	} else if ok {
		c.traits |= isExcluded
	}
	if id, at, ok := st.cioID(); ok && (s.x.options.Existing != nil || slices.Contains(s.choice.By, ByCioID)) {
		c.traits |= hasCioID
		p.cioIDs = append(p.cioIDs, claim{s.x.sum(id), at, number, s.x.options.Existing.hasCioID(id)})
	}
	if st.uuid != nil {
		s.uuids[number] = st.uuid.id
	}
	if s.choice.Who.takes(c.traits) || s.choice.byEmailID(c.traits) || c.traits&isSent != 0 {
		c.place = p.finals.Append(w.finish(st, s.x.options.KeepNull, &s.x.keys))
		c.traits |= hasFinal
	}
}

// together makes one state of those of several IDs: the newest snapshot, and all changes after it.
func together(states []owned) *state {
	st := &states[0].state
	for i := range states[1:] {
		o := &states[1+i].state
		later, earlier := st, o
		if o.hasBase && (!st.hasBase || o.base.compare(&st.base) > 0) {
			later, earlier = o, st
		}
		buf := bytes.Clone(later.buf)
		if later.hasBase {
			buf = appendLater(buf, earlier.buf[earlier.log:], &later.base)
		} else {
			buf = append(buf, earlier.buf[earlier.log:]...)
		}
		later.buf = buf
		later.takeUUID(earlier)
		st = later
	}
	return st
}

// email returns the person's final email, trimmed, if it is a plausible one, and the row that set it.
func (st *state) email() ([]byte, order, bool) {
	value, at, _ := st.value(emailKey)
	email := trimmed(value)
	return email, at, PlausibleEmail(email)
}

// cioID returns the person's final cio_id as the API wants it, without `cio_` in front, and the row that set it.
func (st *state) cioID() ([]byte, order, bool) {
	value, at, _ := st.value(cioIDKey)
	id := bareCioID(value)
	return id, at, len(id) > 0
}

// trimmed is the text of a JSON string without white space around it, empty for anything else.
func trimmed(value []byte) []byte {
	text, _ := rawjson.PlainText(value)
	return bytes.TrimSpace(text)
}

func bareCioID(value []byte) []byte { return bytes.TrimPrefix(trimmed(value), []byte("cio_")) }
