package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/exit"
	"ph2cio/internal/explain"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

type explainOptions struct {
	mapping mappingOptions
	sources []string // the arguments without the ID
	id      string
	limit   int
	stdin   stdinOptions
}

func newExplain(p *program) *cobra.Command {
	o := &explainOptions{}
	c := &cobra.Command{
		Use:   "explain SOURCE... ID",
		Short: "Show one person: which IDs, why, and what would be sent",
		Long: `Shows the person behind one distinct ID or email: the IDs that are the same person and the row that says so, links that were
refused, each attribute with the row that set it, and what would be sent. The ID comes last, or in --id if a file has that name.
An email matches in any case, and everybody who has it is shown. It needs no credentials.`,
		Example: `  ph2cio explain export/ user_1001
  ph2cio explain export/ --persons persons.jsonl.gz --id maya@example.com
  ph2cio explain export/ --id user_1001 --json | jq .ids`,
		Args: needsSource,
		RunE: func(c *cobra.Command, _ []string) error { return runExplain(c.Context(), p, o, o.sources) },
	}
	p.checks.add(c, func(args []string) (err error) {
		o.sources, err = o.takeID(args)
		return errors.Join(o.mapping.check(time.Now()), checkLimit(o.limit), err)
	})
	f := flagsInOrder(c)
	f.StringVar(&o.id, "id", "", "the distinct ID exactly as in the export, or an email")
	describe(f, "id", whatToShow, "ID", mayBeEmpty, inShort())
	addLimitFlag(f, &o.limit)
	o.mapping.addFlags(f, "hold")
	o.stdin.addFlags(f)
	return c
}

func runExplain(ctx context.Context, p *program, o *explainOptions, args []string) (err error) {
	if args, err = p.copyStdin(ctx, &o.stdin, args); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.removeStdinCopy(false)) }()
	plan, err := p.newSourcesPlan(&o.mapping, o.stdin.tmp, args)
	if err != nil {
		return err
	}
	why, err := explain.Run(ctx, plan.input(p.newProgress()), plan.rules, o.id)
	if err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(p.env.Stdout, why)
	}
	t := &explainText{why: why, limit: o.limit, style: p.style(p.env.StdoutTerminal), width: p.columns()}
	t.writeAll()
	_, err = io.WriteString(p.env.Stdout, t.String())
	return err
}

// takeID takes the last argument as the ID, unless --id gives one or a file has that name.
func (o *explainOptions) takeID(args []string) (sources []string, err error) {
	if len(args) == 0 {
		return args, nil
	}
	last := args[len(args)-1]
	switch {
	case o.id != "" && o.id == last && len(args) > 1 && !pathExists(last):
		return nil, usage(fmt.Errorf("the ID %s is given twice, at the end and with --id; leave one of them out", last))
	case o.id != "":
		return args, nil
	}
	if strings.TrimSpace(last) == "" {
		return nil, usage(errors.New("explain needs a distinct ID or an email, and what was given is empty"))
	}
	there, directory := source.Named(last)
	if directory {
		return nil, usage(fmt.Errorf("explain needs a distinct ID or an email, and %s is a directory; name the person with --id ID", last))
	}
	if there || last == stdinSource {
		return nil, usage(fmt.Errorf("explain needs a distinct ID or an email, and %s is a file; name the person with --id ID", last))
	}
	if len(args) == 1 {
		err := usage(fmt.Errorf("explain needs a SOURCE before the ID, and there is no file %s", last))
		if near := didYouMean(last); near != "" {
			err = &problem{err: err, code: exit.Usage, hint: near}
		}
		return nil, err
	}
	o.id = last
	return args[:len(args)-1], nil
}

// explainText lays an explanation out for a person to read.
type explainText struct {
	strings.Builder
	why   *explain.Person
	limit int
	style style
	width int
}

// writeAll writes everybody who has the email that was asked about.
func (t *explainText) writeAll() {
	first := t.why
	if n := 1 + len(first.Others) + len(first.More); n > 1 {
		t.line("email", t.style.bold(fmt.Sprintf("%d people have this email", n)))
		t.WriteString("\n")
	}
	t.write()
	for _, t.why = range first.Others {
		t.WriteString("\n")
		t.write()
	}
	if more := first.More; len(more) > 0 {
		t.WriteString("\n")
		t.line("and", firstFew(len(more), len(more), func(i int) string { return plainID(more[i]) }))
	}
}

func (t *explainText) write() {
	w := t.why
	t.line("person", t.style.bold(plainID(cmp.Or(w.Kept, w.ID))))
	t.line("", plain(explainedStatus(w)))
	if near := w.Near; len(near) > 0 && !w.Known() {
		t.line("", "did you mean "+firstFew(len(near), len(near), func(i int) string { return plain(strconv.Quote(mapping.ShortID(near[i]))) })+"?")
	}
	if w.Held != nil {
		t.line("profiles", plain(heldText(w.Held)))
		t.line("", heldAdvice)
	}
	if w.Kept != "" && (w.By != "id" || w.Value != w.Kept) {
		t.line("sent as", w.By+" "+plainID(w.Value))
	}
	t.list("merges", len(w.Merges), func(i int) (string, string) {
		return plain("merge " + profileText(&w.Merges[i].Profile) + " into " + profileText(&w.Merges[i].Into)), ""
	})
	if w.WithoutEmail != nil {
		t.line("email", fmt.Sprintf("sent without %s, because %s has it", plain(w.WithoutEmail.Email), plainID(w.WithoutEmail.HeldBy)))
	}
	if len(w.IDs) > 0 {
		t.ids()
	}
	t.refused()
	t.attributes()
	t.operations()
}

// line writes a label and a text, which is wrapped beside it.
func (t *explainText) line(label, text string) { t.raw(label, wrapIndented(text, t.width, labelWidth)) }

// raw writes a label and a text that stays on one line, such as JSON.
func (t *explainText) raw(label, text string) { fmt.Fprintf(t, "%-*s %s\n", labelWidth-1, label, text) }

// explainedStatus says what becomes of a person.
func explainedStatus(w *explain.Person) string {
	if !w.Known() {
		text := "no row of the export has this ID"
		if people.PlausibleEmail([]byte(w.ID)) {
			text += ", and nobody has it as an email"
		}
		return text + "; write it exactly as the export has it"
	}
	if w.Status == "sent" {
		return "would be sent"
	}
	if code, is := strings.CutPrefix(w.Status, explain.RejectedWithEvents); is {
		return explain.RejectedWithEvents + wordsFor(code, 1)
	}
	return strings.Replace(w.Status, transfer.ReasonSameIdentifier, wordsFor(transfer.ReasonSameIdentifier, 1), 1)
}

// list writes the first lines of a list.
func (t *explainText) list(label string, n int, show func(i int) (first, more string)) {
	for i := range n {
		if t.limit > 0 && i == t.limit {
			t.line("", t.style.dim(fmt.Sprintf("... %d more (--limit 0 shows all)", n-i)))
			return
		}
		first, more := show(i)
		t.line(label, first)
		if label = ""; more != "" {
			t.raw("", "  "+t.style.dim(wrapIndented(more, t.width, labelWidth+2)))
		}
	}
}

func (t *explainText) ids() {
	t.WriteString("\n")
	t.list("IDs", len(t.why.IDs), func(i int) (string, string) {
		one := &t.why.IDs[i]
		why := one.Why
		if one.Link != nil && one.Why == one.Link.Reason {
			why += " (" + rowPlace(one.Link.Place) + ")"
		}
		return plainID(one.ID) + "  " + t.style.dim(rowsOf(one)), plain(why)
	})
}

// plainID is an ID, shortened, as it may be shown.
func plainID(id string) string { return plain(mapping.ShortID(id)) }

func rowsOf(one *explain.ID) string {
	rows := report.Plural(one.Rows, "row", "rows")
	first, last := one.First.Format(time.DateOnly), one.Last.Format(time.DateOnly)
	switch {
	case one.Rows == 0:
		return "no rows"
	case one.First.IsZero():
		return rows
	case first == last:
		return rows + " on " + first
	}
	return rows + ", " + first + " to " + last
}

func rowPlace(p explain.Row) string {
	text := fmt.Sprintf("%s:%d", p.File, p.Line)
	if !p.Time.IsZero() {
		text += ", " + p.Time.Format("2006-01-02 15:04:05 UTC")
	}
	return text
}

func (t *explainText) refused() {
	if len(t.why.Refused) > 0 {
		t.WriteString("\n")
	}
	t.list("not linked", len(t.why.Refused), func(i int) (string, string) {
		l := &t.why.Refused[i]
		text := fmt.Sprintf("%s of %s with %s (%s)", l.Place.Event, mapping.ShortID(l.ID), mapping.ShortID(l.Other), rowPlace(l.Place))
		return plain(text), plain("refused: " + l.Reason)
	})
}

func (t *explainText) attributes() {
	if len(t.why.Attributes) > 0 {
		t.WriteString("\n")
	}
	t.list("attributes", len(t.why.Attributes), func(i int) (string, string) {
		a := &t.why.Attributes[i]
		from := "from the persons export"
		if a.Place.File != "" {
			from = fmt.Sprintf("from %s (%s:%d)", a.Place.Event, a.Place.File, a.Place.Line)
		}
		return plain(a.Name+" "+shortened(a.Value)) + "  " + t.style.dim(plain(from)), ""
	})
}

// shortened cuts a value that would fill the screen.
func shortened(value string) string {
	const most = 200
	if len(value) > most {
		return strings.ToValidUTF8(value[:most], "") + "..."
	}
	return value
}

// explainedRows says what becomes of a person's rows.
func explainedRows(rows map[string]int64) string {
	order := []string{"sent", "person", "skipped", "rejected", "duplicate", "earlier"}
	kind := func(bucket string) int {
		kind, _, _ := strings.Cut(bucket, ".")
		return slices.Index(order, kind)
	}
	buckets := slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(a, b))
	})
	var parts []string
	for _, bucket := range buckets {
		kind, reason, _ := strings.Cut(bucket, ".")
		text := explainedBucket(kind, rows[bucket])
		if reason != "" {
			text += " (" + strings.TrimPrefix(wordsFor(reason, rows[bucket]), "left out ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, report.ListSeparator)
}

// explainedBucket says what becomes of n rows.
func explainedBucket(kind string, n int64) string {
	switch kind {
	case "duplicate":
		return report.Plural(n, "duplicate", "duplicates")
	case "sent":
		kind = "to send"
	case "person":
		kind = "for the profile only"
	case "skipped":
		kind = "left out"
	case "earlier":
		kind = "already sent"
	}
	return report.Count(n) + " " + kind
}

func (t *explainText) operations() {
	w := t.why
	if len(w.Rows) == 0 {
		return
	}
	t.WriteString("\n")
	t.line("rows", explainedRows(w.Rows))
	if w.Rejected != "" {
		t.line("profile", t.style.red(plain("no update: "+w.Rejected)))
	}
	if w.Identify != "" {
		t.raw("profile", plain(w.Identify))
	}
	sent := w.Rows["sent"]
	for i, operation := range w.Operations {
		label := ""
		if i == 0 {
			label = "events"
		}
		t.raw(label, plain(shortened(operation)))
	}
	if more := sent - int64(len(w.Operations)); more > 0 {
		t.line("", t.style.dim(fmt.Sprintf("... %s more", report.Count(more))))
	}
}
