package customerio

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// Profile is one person of a people export of Customer.io. Any of its fields may be empty, but not all.
type Profile struct {
	ID, Email string
	CioID     string // without `cio_` in front
}

// ReadProfiles yields the people of an export: CSV with a header that has id or email, and perhaps cio_id,
// among others, in any order; with commas, semicolons or tabs, in UTF-8 or UTF-16, plain or gzip. An ID that
// a spreadsheet has rounded is an error, unless own says that it is one of the user's IDs; own may be nil. An
// error is the last thing yielded; it names the line.
func ReadProfiles(r io.Reader, own func(id []byte) bool) iter.Seq2[Profile, error] {
	return func(yield func(Profile, error) bool) {
		rows, columns, err := openProfiles(r)
		if err != nil {
			yield(Profile{}, err)
			return
		}
		for {
			cells, err := rows.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Profile{}, err)
				return
			}
			p := columns.profile(cells)
			for _, id := range [...]string{p.ID, p.CioID} {
				if isRounded(id) && (own == nil || !own([]byte(id))) {
					yield(Profile{}, roundedError(rows.line, id))
					return
				}
			}
			if p != (Profile{}) && !yield(p, nil) {
				return
			}
		}
	}
}

func openProfiles(r io.Reader) (*profileRows, profileColumns, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, profileColumns{}, fmt.Errorf("decompressing the file: %w", err)
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	in = inUTF8(in)
	delimiter, named := delimiterOf(in)
	rows := newProfileRows(in, delimiter)
	header, err := rows.next()
	if named && err == nil {
		rows.csv.FieldsPerRecord = 0 // each line may have another number
		header, err = rows.next()
	}
	if err == io.EOF {
		return nil, profileColumns{}, errors.New("the file is empty")
	}
	if err != nil {
		return nil, profileColumns{}, err
	}
	columns := profileColumns{columnOf(header, "id"), columnOf(header, "email"), columnOf(header, "cio_id")}
	if columns.id < 0 && columns.email < 0 {
		return nil, columns, fmt.Errorf("the first line has neither `id` nor `email`: %.200q", header)
	}
	return rows, columns, nil
}

// mostProfileRow is the largest row in bytes: several times the size of all attributes of a person.
const mostProfileRow = 4 << 20

// profileRows reads CSV. A quote that is never closed takes no more memory than the largest row.
type profileRows struct {
	csv  *csv.Reader
	text *io.LimitedReader
	line int // where the last row ended
}

func newProfileRows(r io.Reader, delimiter rune) *profileRows {
	text := &io.LimitedReader{R: r}
	rows := &profileRows{csv: csv.NewReader(text), text: text}
	rows.csv.Comma, rows.csv.LazyQuotes = delimiter, delimiter == '\t' // databases that write tabs do not quote
	rows.csv.ReuseRecord = true
	return rows
}

// next returns the next row, or io.EOF. Other errors name the line.
func (p *profileRows) next() ([]string, error) {
	p.text.N = mostProfileRow
	cells, err := p.csv.Read()
	if p.text.N == 0 { // the CSV reader takes this for the end of the file
		return nil, fmt.Errorf("the row after line %d is larger than %d MB; perhaps a quote is not closed", p.line, mostProfileRow>>20)
	}
	if err == io.EOF {
		return nil, err
	}
	if _, isCSV := errors.AsType[*csv.ParseError](err); isCSV {
		return nil, fmt.Errorf("the file is not valid CSV: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("after line %d: %w", p.line, err)
	}
	last := len(cells) - 1
	p.line, _ = p.csv.FieldPos(last)
	p.line += strings.Count(cells[last], "\n")
	return cells, nil
}

// profileColumns are the indexes of the columns, -1 for a missing one.
type profileColumns struct{ id, email, cioID int }

// columnOf finds a column by its name. It ignores case unless a column has exactly that name.
func columnOf(header []string, name string) int {
	if exact := slices.Index(header, name); exact >= 0 {
		return exact
	}
	return slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
}

func (c profileColumns) profile(cells []string) Profile {
	cell := func(column int) string {
		if column < 0 {
			return ""
		}
		return strings.Clone(cells[column]) // the reader reuses its memory
	}
	return Profile{cell(c.id), strings.TrimSpace(cell(c.email)), strings.TrimPrefix(cell(c.cioID), "cio_")}
}
