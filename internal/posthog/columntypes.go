package posthog

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// ColumnTypes are the types of the columns that hold one value each, over all files of a reading and the runs before it:
// numbers, booleans or JSON where all cells are that, else text, and once text, always text. So a post code is never a
// number in one row and text in another. Columns are told apart by what they become: `*.properties.total` and
// `properties.total` are one, and so are `properties.$set.plan` and `person.properties.plan`.
//
// A reading takes columns for what they are known to be at its beginning, Add learns from its chunks, and Settle makes
// what is known then hold for the next one. Between the two, cells of a column that is not known to be text are typed one
// by one; Misread tells whether that has gone wrong.
//
// It keeps a little for each column, however many rows there are.
type ColumnTypes struct {
	lock    sync.Mutex // of columns: layouts are made while chunks are decoded
	columns map[string]*columnType
}

// columnType is one column. Workers read text, which changes between readings alone, and placed.
type columnType struct {
	name   string
	person bool // it becomes a person's attribute
	seen   bool // a file has it
	alone  bool // each cell is typed by itself
	text   bool // cells are written as strings

	before ColumnType // what earlier runs know
	kinds  cellKinds  // of this reading
	firsts []foundCell
	none   int64         // cells that are no number
	placed atomic.Uint32 // kinds, for workers: where the first of those stands is known
}

// foundCell is the first cell of a kind.
type foundCell struct {
	kind cellKinds
	CellPlace
}

// CellPlace is a cell and where it stands. The zero value is none.
type CellPlace struct {
	Column string // as the file names it
	Path   string
	Line   int64  // on which its row starts, from 1
	Text   string // at most mostCell bytes of it
}

// mostCell is how much of a cell is kept to be shown.
const mostCell = 60

// ColumnType is what is known of one column.
type ColumnType struct {
	Name   string    // properties.NAME or person.properties.NAME
	Kinds  uint8     // of all its cells so far, for the next run's NewColumnTypes
	Made   CellPlace // the cell that made it text, where others alone would not have
	Type   string    // number, boolean, JSON, text, or empty where no cell says
	Before string    // the type that it was sent with before, where this reading has made it text
	Mixed  bool      // it is text, and this reading has cells that are not
	Seen   bool      // this reading has a cell of it, though it may be empty
	None   int64     // cells of this reading that are nan or infinite, and are left out
}

// NewColumnTypes begins with what earlier runs know.
func NewColumnTypes(known []ColumnType) *ColumnTypes {
	t := &ColumnTypes{columns: map[string]*columnType{}}
	for _, k := range known {
		c := t.named(k.Name, false, false)
		c.before, c.text = k, cellKinds(k.Kinds).text()
	}
	return t
}

// column returns the column of a name, which a file has.
func (t *ColumnTypes) column(name string, person bool) *columnType {
	return t.named(name, person, true)
}

func (t *ColumnTypes) named(name string, person, seen bool) *columnType {
	t.lock.Lock()
	defer t.lock.Unlock()
	c := t.columns[name]
	if c == nil {
		c = &columnType{name: name}
		t.columns[name] = c
	}
	c.person = c.person || person
	c.seen = c.seen || seen
	return c
}

// Add takes in what the cells of a chunk say, see Chunk.FoundCells. Chunks come in reading order.
func (t *ColumnTypes) Add(found FoundCells) {
	for i := range found {
		f := &found[i]
		to := f.column
		to.none += f.none
		for _, first := range f.firsts {
			if to.kinds&first.kind == 0 {
				to.kinds |= first.kind
				to.firsts = append(to.firsts, first)
			}
		}
		to.placed.Store(uint32(to.kinds))
	}
}

// Misread reports whether this reading has written cells as what they are not, now that all is known: those of a person, of
// which this reading folds the attributes, or with any of an event too.
func (t *ColumnTypes) Misread(any bool) bool {
	for _, c := range t.columns {
		if (any || c.person) && c.kinds&^textCell != 0 && c.text != c.all().text() {
			return true
		}
	}
	return false
}

// Settle makes what is known now hold for the readings after this one. Chunks of this one that are still there are
// decoded so as well.
func (t *ColumnTypes) Settle() {
	for _, c := range t.columns {
		c.text = c.all().text()
	}
}

// Assume makes what is known now hold for the next reading, and forgets how it came to be known.
func (t *ColumnTypes) Assume() {
	t.Settle()
	for _, c := range t.columns {
		c.kinds, c.firsts, c.none = 0, nil, 0
		c.placed.Store(0)
	}
}

func (c *columnType) all() cellKinds { return c.kinds | cellKinds(c.before.Kinds) }

// All returns the columns, sorted by name.
func (t *ColumnTypes) All() (all []ColumnType) {
	for _, c := range t.columns {
		if !c.alone {
			all = append(all, c.known())
		}
	}
	slices.SortFunc(all, func(a, b ColumnType) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (c *columnType) known() ColumnType {
	kinds, before := c.all(), cellKinds(c.before.Kinds)
	k := ColumnType{Name: c.name, Kinds: uint8(kinds), Made: c.before.Made, Type: kinds.name(), Seen: c.seen, None: c.none}
	if !kinds.text() {
		return k
	}
	k.Mixed = c.kinds&^textCell != 0
	if !before.text() {
		k.Before = before.name()
		k.Mixed = k.Mixed || before != 0
	}
	if k.Mixed && k.Made == (CellPlace{}) {
		k.Made = c.made()
	}
	return k
}

// made returns the cell that made the column text: the first that is text, or else the first of another kind than those
// before it.
func (c *columnType) made() CellPlace {
	for _, f := range c.firsts {
		if f.kind == textCell {
			return f.CellPlace
		}
	}
	seen := cellKinds(c.before.Kinds)
	if seen.text() {
		return CellPlace{} // an earlier run has seen it, among others of its kind
	}
	for _, f := range c.firsts {
		if seen |= f.kind; seen.text() {
			return f.CellPlace
		}
	}
	return CellPlace{}
}

func (k cellKinds) name() string {
	switch {
	case k == 0:
		return ""
	case k.text():
		return "text"
	case k == numberCell:
		return "number"
	case k == nestedCell:
		return "JSON"
	}
	return "boolean"
}

// A typedColumn is a column of one file that holds one value.
type typedColumn struct {
	column *columnType
	header string // its name there
}

// FoundCells are what the cells of a chunk say of their columns. Nil says nothing.
type FoundCells []columnCells

// columnCells are what the cells of one column say.
type columnCells struct {
	column *columnType
	kinds  cellKinds
	none   int64
	firsts []foundCell
}

// cellsSeen collects what a chunk's cells say of their columns, in memory that it uses again for the next chunk.
type cellsSeen struct {
	typed []typedColumn // of the layout
	found []columnCells // of each of those, what the chunk says
	path  string        // of the chunk's source
}

// begin prepares for the columns of a chunk.
func (s *cellsSeen) begin(typed []typedColumn, path string) {
	s.typed, s.path = typed, path
	s.found = s.found[:0]
	for i := range typed {
		s.found = append(s.found, columnCells{column: typed[i].column})
	}
}

// note keeps the first cell of a kind in the chunk.
func (s *cellsSeen) note(slot int, kind cellKinds, cell []byte, line int64) {
	f := &s.found[slot]
	f.kinds |= kind
	if f.column.placed.Load()&uint32(kind) != 0 {
		return
	}
	f.firsts = append(f.firsts, foundCell{kind, CellPlace{
		Column: s.typed[slot].header, Path: s.path, Line: line, Text: string(cell[:min(len(cell), mostCell)]),
	}})
}

// end returns what the chunk's cells said.
func (s *cellsSeen) end() (all FoundCells) {
	for i := range s.found {
		if f := &s.found[i]; len(f.firsts) > 0 || f.none != 0 {
			all = append(all, *f)
		}
	}
	s.found, s.typed = s.found[:0], nil
	return all
}
