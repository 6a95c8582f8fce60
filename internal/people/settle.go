package people

import (
	"cmp"
	"context"
	"ph2cio/internal/fold"
	"runtime/debug"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Settle ends the first reading: Observe must not be called any more, and Settle only once. Its error is
// trouble with the disk, or the cause of ctx, which ends it within moments however many people there are. The
// index must be closed after what was settled has been used.
func (x *Index) Settle(ctx context.Context, c Choice) (*Settled, error) {
	c.Who = cmp.Or(c.Who, Identified)
	s := &settler{ctx: ctx, x: x, choice: c, settled: &Settled{index: x}, joinings: x.space.NewLog()}
	for _, step := range []func() error{
		s.bringBack, // all IDs get numbers
		s.bringSent, // and it is known who was sent
		s.findLive,  // which profiles are there of visitors
		s.join,      // and become groups
		s.judge,     // what is known of each group
		s.hear,      // which of those asked for are there
		s.gather,    // the groups that may be sent
		s.direct,    // what links say of which ID is to be kept
		s.keepIDs,   // and the ID of each
		s.fold,      // and their attributes
		s.takeEmailIDs,
		s.contest, // of which some can be one person's only
		s.listAsked,
		s.resolve, // which of several profiles is theirs
	} {
		if err := step(); err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s.giveBack()
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	s.tallyUp()
	if err := s.merges(); err != nil {
		return nil, err
	}
	s.finish()
	return s.settled, x.Err()
}

// stopped is the cause of the context, if it is done. It looks at it once in a few thousand turns of a loop,
// which it is told the number of.
func (s *settler) stopped(turn int) error {
	if turn%4096 != 0 || s.ctx.Err() == nil {
		return nil
	}
	return context.Cause(s.ctx)
}

// manyNodes is from how many IDs on memory is given back between the steps.
const manyNodes = 1 << 20

// giveBack returns to the system what the last step has left: the next one takes large pieces of memory, which do not fit
// between those that are in use.
func (s *settler) giveBack() {
	if s.first[shardCount] >= manyNodes {
		debug.FreeOSMemory()
	}
}

// settler is Settle at work.
type settler struct {
	ctx     context.Context // of Settle
	x       *Index
	choice  Choice
	settled *Settled

	first   firstNodes
	fusion  fusion
	lone    map[sum]bool // IDs that may stand on rows that make nobody alone, and whether they do
	groups  *identity.Groups
	traits  []traits // by the root of a group
	members []uint32 // by node: the Status of its group, or the number of its candidate behind those

	candidates    []candidate
	names         textPages // kept IDs, and those of emailIDs
	namesLock     sync.Mutex
	emailIDs      []emailID // by candidate; nil where nobody is sent by email
	parts         *fold.Parts
	oneShard      sync.Mutex     // held while the attributes of a shard come back from disk
	uuids         []rawjson.UUID // by candidate; nil when not asked for
	linksLock     sync.Mutex
	joinings      *spool.Log       // why IDs are one person
	sets          uint32           // how many sets there are in it
	linked        *identity.Groups // by links alone; nil where no later run wants to know
	exportedSets  uint32           // the set of the persons export's first person
	links         [][2]uint32      // nodes of links that ask for a merge: target and source
	emails        *claims
	cioIDs        *claims
	byWho         [3]Profiles     // by everyWho
	seen          parallel.Bitset // of nodes: the ID stood on a row that carries identity
	ids           int64           // IDs seen on a row, visitors included
	visitors      int64           // people of whom only rows are known that tie them to nobody
	visiting      map[uint32]bool // roots of groups of visitors alone that have been counted
	estimated     bool
	conflicts     int
	losers        []loser           // of emails
	holders       map[uint32]string // by person: the same
	taken         map[uint32]string // by candidate: another profile, which has their email
	keepable      parallel.Bitset   // of nodes: the ID could be kept before others
	keepableLater parallel.Bitset   // the same, in a later run
	directed      []directed
	ranks         []ranked
	dangers       map[uint32][]uint32 // by the source of a $merge_dangerously: its targets
	sources       map[uint32]bool     // IDs that are the source of a link to one that is as good to keep
	standing      []standing          // by candidate, once they are sorted
	byShape       []standing          // found by an ID that is an email
	resolved      map[uint32]*resolved
	held          []heldEmail // the emails that people were sent under
	shapeOnly     int
	visitorOnly   int
	unidentified  int
	joined        int64 // IDs that are another name for somebody
	events        int64
}

func (s *settler) bringBack() error {
	err := s.x.eachShard(s.ctx, func(_ uint32, sh *shard) error { return s.x.bringBack(sh) })
	if err == nil {
		err = s.meet()
	}
	for i := range s.x.shards {
		s.first[i+1] = s.first[i] + s.x.shards[i].ids.count
	}
	return err
}

// node returns the node of the ID with this sum; false when it is not known.
func (s *settler) node(h sum) (uint32, bool) { return s.first.node(s.x, h) }

// firstNodes is the node of each shard's first ID; the last one is how many nodes there are.
type firstNodes [shardCount + 1]uint32

func (f *firstNodes) node(x *Index, h sum) (uint32, bool) {
	shard := h.shard()
	number, ok := x.shards[shard].ids.find(h)
	return f[shard] + number, ok
}

// eachNode calls f with each ID of all shards, several shards at a time.
func (s *settler) eachNode(f func(node uint32, fact *fact, text []byte) error) error {
	return s.x.eachShard(s.ctx, func(i uint32, sh *shard) error {
		return sh.eachFact(func(number uint32, fact *fact, text []byte) error {
			return f(s.first[i]+number, fact, text)
		})
	})
}
