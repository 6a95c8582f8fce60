package terminal

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// OpenReject is a row, person or merge that was rejected and is still to be fixed, as it may be shown and
// shared: without its raw text.
type OpenReject struct {
	File   string `json:"file,omitempty"` // empty for what has no row
	Row    int64  `json:"row,omitempty"`  // in its file, from 1, without the header of a CSV
	Line   int64  `json:"line,omitempty"` // in its file, from 1; 0 if only the row is known
	Event  string `json:"event,omitempty"`
	Reason string `json:"reason"`
	Words  string `json:"words"` // Reason in words
	Detail string `json:"detail,omitempty"`
	Cure   string `json:"cure"` // what to do about it
	Gone   bool   `json:"file_is_gone,omitempty"`
}

// ReadOpenReject reads a line of rejects.jsonl.
func ReadOpenReject(line []byte) (r OpenReject, err error) {
	var one deliver.Reject
	if err := json.Unmarshal(line, &one); err != nil {
		return r, fmt.Errorf("read a reject: %w", err)
	}
	r = OpenReject{
		File: one.File, Row: one.Row, Line: one.Line, Event: one.Event, Reason: one.Reason, Detail: one.Detail,
		Words: WordsFor(one.Reason, 1), Cure: CureFor(one.Reason),
	}
	if one.Field != "" {
		r.Detail = strings.TrimSuffix(one.Field+": "+one.Detail, ": ")
	}
	var operation rejectedOperation
	_ = json.Unmarshal(one.Operation, &operation) // what cannot be read has no name and names nobody
	switch {
	case one.Row > 0 && r.Event == "":
		r.Event = operation.Name
	case one.Row == 0:
		r.Detail = strings.TrimSuffix(strings.TrimPrefix(operation.who()+": "+r.Detail, ": "), ": ")
	}
	return r, nil
}

// cureGone is the cure for a row whose file is gone.
const cureGone = "bring its file back, or dismiss it"

// SetGone says that the file of the row is gone.
func (r *OpenReject) SetGone() { r.Gone, r.Cure = true, cureGone }

// rejectedOperation is what is shown of an operation that Customer.io has rejected.
type rejectedOperation struct {
	Name                            string
	Identifiers, Primary, Secondary map[string]string
}

// who names the person of an operation, or the two profiles of a merge; empty if it names none.
func (o *rejectedOperation) who() string {
	one := func(identifiers map[string]string) string {
		return strings.Join(slices.Sorted(maps.Values(identifiers)), ", ")
	}
	if len(o.Secondary) > 0 {
		return "merge of " + one(o.Secondary) + " into " + one(o.Primary)
	}
	return one(o.Identifiers)
}

// cureUnknown is the cure for a reason that only Customer.io knows.
const cureUnknown = "fix what the detail says, then retry"

// CureFor says what to do about a reason for which a row, person or merge is rejected.
func CureFor(reason string) string {
	if words, ok := rejectedWords[reason]; ok && words.fix != "" {
		return words.fix
	}
	return cureUnknown
}

// maxShownRejects is how many rejects of one reason are shown.
const maxShownRejects = 10

// OpenRejectLines lays out rejects that come sorted by reason, each reason with its cure.
type OpenRejectLines struct {
	Lines
	reason string
	shown  int64
	hidden int64
}

// Group begins the rejects of one reason, of which there are n.
func (t *OpenRejectLines) Group(reason string, n int64) {
	t.End()
	t.reason, t.shown, t.hidden = reason, 0, 0
	t.Line("Rejected", t.Style.Red(report.Count(n)+" "+Plain(WordsFor(reason, n)))+" ("+OneLine(reason)+")")
	t.Line("Cure", Plain(CureFor(reason)))
}

// Add shows the next reject of the reason, or counts it if enough are shown.
func (t *OpenRejectLines) Add(r *OpenReject) {
	if t.shown == maxShownRejects {
		t.hidden++
		return
	}
	t.shown++
	gone := ""
	if r.Gone {
		gone = "its file is gone: bring it back, or dismiss it  "
	}
	t.detail(OneLine(r.place() + gone + r.Detail))
}

// place says where a reject stands and of which event it is, with blanks after it. The line is named if it has
// another number than the row; a row of Parquet is on no line.
func (r *OpenReject) place() string {
	var parts []string
	switch {
	case r.File == "":
	case r.Line > 0 && r.Line != r.Row:
		parts = append(parts, fmt.Sprintf("%s row %d (line %d)", r.File, r.Row, r.Line))
	default:
		parts = append(parts, fmt.Sprintf("%s row %d", r.File, r.Row))
	}
	if r.Event != "" {
		parts = append(parts, r.Event)
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "  ") + "  "
}

// End says how many rejects of the reason are not shown.
func (t *OpenRejectLines) End() {
	if t.hidden > 0 {
		t.detail("and " + report.Count(t.hidden) + " more; --json and --rejects-csv FILE have all")
	}
	t.hidden = 0
}

// RejectColumns are the names of the columns of RejectTable.
var RejectColumns = []string{"file", "row", "line", "event", "reason", "words", "detail", "cure"}

// RejectTable writes rejects as CSV for a spreadsheet. Cells that a spreadsheet would run are made text.
type RejectTable struct{ w *csv.Writer }

// NewRejectTable writes the header.
func NewRejectTable(w io.Writer) (*RejectTable, error) {
	t := &RejectTable{csv.NewWriter(w)}
	return t, t.w.Write(RejectColumns)
}

// Add writes one reject.
func (t *RejectTable) Add(r *OpenReject) error {
	return t.w.Write([]string{
		asCell(r.File), number(r.Row), number(r.Line), asCell(r.Event), asCell(r.Reason), asCell(r.Words), asCell(r.Detail), asCell(r.Cure),
	})
}

// Flush writes what is buffered.
func (t *RejectTable) Flush() error {
	t.w.Flush()
	return t.w.Error()
}

// asCell makes text of a cell that a spreadsheet would run, by an apostrophe before it. A spreadsheet that
// splits lines at semicolons gets one behind each semicolon too, where a cell would begin that it would run.
// Characters that do not print are escaped.
func asCell(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, ";") {
		if i > 0 {
			b.WriteByte(';')
		}
		if runs(part) {
			b.WriteByte('\'')
		}
		b.WriteString(part)
	}
	return OneLine(b.String())
}

// runs reports whether a spreadsheet would run a cell. Some ignore blanks, control characters and quotes at
// its beginning, and some run signs of full width too.
func runs(cell string) bool {
	ignored := func(r rune) bool { return r == '"' || r == '\ufeff' || unicode.IsSpace(r) || unicode.IsControl(r) }
	sign, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, ignored))
	return strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", sign) || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r")
}

// number is empty for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
