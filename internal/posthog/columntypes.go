package posthog

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// ColumnTypes are the types of CSV columns, over all files of a pass and of earlier runs. A column has
// numbers, booleans or JSON if all of its cells are that; otherwise it is text, and stays text. So a post
// code is never a number in one row and text in another. Columns that become the same property are one:
// `*.properties.total` and `properties.total` are one, and so are `properties.$set.plan` and
// `person.properties.plan`.
//
// A pass uses the types that are known when it begins. Add collects kinds of cells from its chunks, and Fix
// makes the types that follow from them valid for the next pass. Until then cells of a column that is not
// known to be text are typed one by one; Misread reports whether that was wrong.
//
// The memory depends on the number of columns only, not on that of rows.
type ColumnTypes struct {
	lock    sync.Mutex // of columns: layouts are made while chunks are decoded
	columns map[string]*columnType
}

// columnType is one column. Workers read text, which changes only between passes, and placed.
type columnType struct {
	name   string
	person bool // it becomes a person's attribute
	seen   bool // a file has it
	alone  bool // each cell is typed by itself
	text   bool // cells are written as strings

	before ColumnType // known from earlier runs
	kinds  cellKinds  // in this pass
	firsts []foundCell
	none   int64         // cells that are no number
	placed atomic.Uint32 // kinds whose first cell is known, for workers
}

// foundCell is the first cell of a kind.
type foundCell struct {
	kind cellKinds
	CellPlace
}

// CellPlace is a cell and its position. The zero value is no cell.
type CellPlace struct {
	Column string // as the file names it
	Path   string
	Line   int64  // on which its row starts, from 1
	Text   string // at most mostCell bytes of it
}

// mostCell is how many bytes of a cell are kept for messages.
const mostCell = 60

// ColumnType is what is known about one column.
type ColumnType struct {
	Name   string    // properties.NAME or person.properties.NAME
	Kinds  uint8     // of all its cells so far, for the next run's NewColumnTypes
	Made   CellPlace // the cell that made it text although others are not
	Type   string    // number, boolean, JSON, text, or empty if unknown
	Before string    // the type with which it was sent before, if this pass has made it text
	Mixed  bool      // it is text, but this pass has cells that are not
	Seen   bool      // this pass has a cell of it, which may be empty
	None   int64     // cells of this pass that are nan or infinite, and are left out
}

// NewColumnTypes returns types that begin with those of earlier runs.
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

// Add adds the kinds of a chunk's cells, see Chunk.FoundCells. It must be called in the order of the chunks.
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

// Misread reports, at the end of a pass, whether the pass has given cells another type than their column has.
// It looks at cells of people, whose attributes the pass folds, and if any is set also at those of events.
func (t *ColumnTypes) Misread(any bool) bool {
	for _, c := range t.columns {
		if (any || c.person) && c.kinds&^textCell != 0 && c.text != c.all().text() {
			return true
		}
	}
	return false
}

// Fix makes the types that are known now valid for later passes, and for chunks of this pass that are decoded
// again.
func (t *ColumnTypes) Fix() {
	for _, c := range t.columns {
		c.text = c.all().text()
	}
}

// Assume makes the types that are known now valid for the next pass, and forgets the cells that they follow
// from.
func (t *ColumnTypes) Assume() {
	t.Fix()
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

// made returns the cell that made the column text: the first that is text, or else the first of another kind
// than those before it.
func (c *columnType) made() CellPlace {
	for _, f := range c.firsts {
		if f.kind == textCell {
			return f.CellPlace
		}
	}
	seen := cellKinds(c.before.Kinds)
	if seen.text() {
		return CellPlace{} // the cell is in an earlier run
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

// FoundCells are the kinds of a chunk's cells by column. Nil is none.
type FoundCells []columnCells

// columnCells are the kinds of the cells of one column.
type columnCells struct {
	column *columnType
	kinds  cellKinds
	none   int64 // cells that are nan or infinite
	firsts []foundCell
}

// addNone counts a cell that is nan or infinite.
func (c *columnCells) addNone() { c.none++ }

// cellsSeen collects the kinds of a chunk's cells, in memory that it reuses for the next chunk.
type cellsSeen struct {
	typed []typedColumn // of the layout
	found []columnCells // for each of those, the kinds in the chunk
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

// end returns the kinds of the chunk's cells.
func (s *cellsSeen) end() (all FoundCells) {
	for i := range s.found {
		if f := &s.found[i]; len(f.firsts) > 0 || f.none != 0 {
			all = append(all, *f)
		}
	}
	s.found, s.typed = s.found[:0], nil
	return all
}
