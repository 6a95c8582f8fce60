package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/escape"
	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
)

// writeSummary tells what happened, for a person or as one JSON document. failed is what ended the run early, nil when
// nothing did; only the document holds it. Of a run that sends, people are told nothing when it is quiet, or when a log of JSON
// has all of it in its last record: stdout may go where that goes.
func (p *program) writeSummary(w io.Writer, s *export.Summary, title string, failed error) error {
	p.watch.done(s)
	if p.json {
		return p.writeJSON(w, struct {
			*export.Summary
			Error *failure `json:"error,omitempty"`
		}{s, p.failureOf(failed)})
	}
	if p.watch != nil && (p.quiet || p.log != nil) {
		return nil
	}
	t := &summaryText{s: s, style: p.style(p.env.StdoutTerminal && w == p.env.Stdout), sent: p.watch != nil}
	t.write(title)
	_, err := io.WriteString(w, t.String())
	return err
}

// summaryText lays a summary out for a person.
type summaryText struct {
	strings.Builder
	s     *export.Summary
	style style
	sent  bool // what it tells has been sent
}

func (t *summaryText) write(title string) {
	fmt.Fprintf(t, "%s\n\n", t.style.bold(plain(title)))
	t.rows()
	t.columns()
	t.people()
	t.operations()
	t.names()
	t.campaigns()
	t.trouble()
	if t.s.Estimate > 0 {
		t.line("time", about(time.Duration(t.s.Estimate*float64(time.Second)))+" to send, waits included")
	}
	t.line("took", took(t.s.Seconds))
	if t.s.Interrupted {
		t.line("stopped", t.style.yellow(stopped(t.s)))
	}
	if t.s.Rejects != "" {
		t.line("rejects", plain(t.s.Rejects))
	}
	if t.s.Next != "" {
		t.line("next", t.style.cyan(plain(t.s.Next)))
	}
}

func (t *summaryText) line(label, text string) {
	if text != "" {
		fmt.Fprintf(t, "%-12s %s\n", label, text)
	}
}

func (t *summaryText) rows() {
	r := t.s.Rows
	t.line("rows", export.Count(r.Read)+" read")
	t.bucket("sent", r.Sent, "")
	t.bucket("person", r.Person, "only feed a person")
	t.bucket("skipped", total(r.Skipped), reasons(r.Skipped))
	t.corrections()
	t.bucket("rejected", total(r.Rejected), reasons(r.Rejected))
	t.examples()
	t.bucket("duplicate", r.Duplicate, "another row stands for the same event")
	t.bucket("earlier", r.Earlier, "acknowledged by an earlier run, or before the run went on")
	t.bucket("unsent", r.Unsent, "no answer when the run stopped")
	t.times()
}

// times counts the rows whose own time cannot be right.
func (t *summaryText) times() {
	if n := t.s.TimedByCreatedAt; n > 0 {
		t.line("times", several(n, "row has a time in the future and takes", "rows have times in the future and take")+" that of created_at")
	}
}

// unread tells which fields rows have without saying anything by them.
func (t *summaryText) unread() {
	for i := range t.s.UnreadFields {
		f := &t.s.UnreadFields[i]
		what := "a created_at that cannot be read"
		if f.Field == "person_id" {
			what = "a person_id that is no UUID"
		}
		text := fmt.Sprintf("%s %s, taken as none: %s in %s:%d", several(f.Rows, "row has", "rows have"), what, strconv.Quote(f.Text), f.File, f.Line)
		t.line("warning", t.style.yellow(oneLine(text)))
	}
}

// examples shows where one row of each of the first few reasons stands.
func (t *summaryText) examples() {
	for _, e := range t.s.Examples {
		fmt.Fprintf(t, "               %s\n", t.style.dim(oneLine(strings.TrimSpace(place(&e)+"  "+exampleText(&e)))))
	}
}

// exampleText is why one was rejected. The details of our own checks say all of it, and Customer.io's message needs to be
// said to be theirs.
func exampleText(r *export.Reject) string {
	if r.Detail != "" && !strings.HasPrefix(r.Reason, apiPrefix) {
		return r.Detail
	}
	parts := slices.DeleteFunc([]string{wordsFor(r.Reason, 1), r.Field, r.Detail}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

// corrections names the first few rows that correct what was sent before.
func (t *summaryText) corrections() {
	n := t.s.Rows.Skipped[mapping.ReasonCorrectedLate]
	if n == 0 {
		return
	}
	what := several(n, "row corrects an event", "rows correct events") + " sent before, which Customer.io cannot take back"
	if t.s.Rejects != "" {
		what += "; all are listed in " + export.RejectsName
	}
	fmt.Fprintf(t, "               %s\n", t.style.dim(plain(what)))
	for i := range min(len(t.s.CorrectedLate), mostNamed) {
		c := &t.s.CorrectedLate[i]
		line := fmt.Sprintf("%s:%d  %s  %s", c.File, c.Line, c.Event, c.EventID)
		fmt.Fprintf(t, "               %s\n", t.style.dim(oneLine(line)))
	}
}

// place is where a rejected row stands, empty for a person.
func place(r *export.Reject) string {
	switch {
	case r.Line > 0:
		return fmt.Sprintf("%s:%d", r.File, r.Line)
	case r.Row > 0:
		return fmt.Sprintf("%s row %d", r.File, r.Row)
	}
	return r.File
}

func (t *summaryText) bucket(name string, n int64, note string) {
	if n == 0 && name != "sent" {
		return
	}
	count := fmt.Sprintf("%12s", export.Count(n))
	if name == "rejected" {
		count = t.style.red(count)
	}
	fmt.Fprintln(t, strings.TrimRight(fmt.Sprintf("  %-10s %s  %s", name, count, t.style.dim(plain(note))), " "))
}

func (t *summaryText) people() {
	p := t.s.People
	parts := []string{fmt.Sprintf("%s sent, of %s%s distinct IDs", export.Count(p.Sent), t.roughly(), export.Count(p.DistinctIDs))}
	if p.Earlier > 0 {
		parts = append(parts, export.Count(p.Earlier)+" sent before the run went on")
	}
	if p.Unchanged > 0 {
		parts = append(parts, export.Count(p.Unchanged)+" unchanged since an earlier run")
	}
	if p.JoinedIDs > 0 {
		parts = append(parts, t.roughly()+export.Count(p.JoinedIDs)+" of them another name for somebody")
	}
	if n := total(p.Rejected); n > 0 {
		parts = append(parts, t.style.red(fmt.Sprintf("%s rejected (%s)", export.Count(n), reasons(p.Rejected))))
	}
	if p.EmailConflicts > 0 {
		parts = append(parts, fmt.Sprintf("%s share an email and go without it", export.Count(int64(p.EmailConflicts))))
	}
	if p.Unidentified > 0 {
		parts = append(parts, t.leftOut("left out "))
	}
	t.line("people", strings.Join(parts, "; "))
	t.fused("")
	t.withoutEmail()
	if held := t.s.TwoProfiles; held != nil {
		t.line("held", t.style.yellow(heldCount(held)))
		t.line("", t.style.dim(heldNames(held)))
		t.line("", heldAdvice)
	}
	t.links()
	var choices []string
	for _, who := range []string{"identified", "with-email", "all"} {
		choices = append(choices, who+" "+t.profiles(who))
	}
	t.line("profiles", "by --people: "+strings.Join(choices, ", "))
}

// leftOut says how many are left out, with the word for it, because nothing identifies them, and how many of
// them one thing alone speaks against.
func (t *summaryText) leftOut(word string) string {
	p := t.s.People
	text := fmt.Sprintf("%s%s %sbecause nothing identifies them", t.roughly(), export.Count(int64(p.Unidentified)), word)
	var only []string
	if p.ShapeOnly > 0 {
		only = append(only, export.Count(int64(p.ShapeOnly))+" only because their ID looks machine-made")
	}
	if p.VisitorOnly > 0 {
		only = append(only, export.Count(int64(p.VisitorOnly))+" only because posthog-js never says who they are")
	}
	if len(only) == 0 {
		return text
	}
	return text + " (" + strings.Join(only, ", ") + ")"
}

// fused says who has several logins with different emails, the worst first.
func (t *summaryText) fused(label string) {
	p := t.s.People
	if p.FusedCount == 0 {
		return
	}
	who := "1 person has several logins with different emails"
	if p.FusedCount > 1 {
		who = export.Count(int64(p.FusedCount)) + " people have several logins with different emails"
	}
	t.line(label, t.style.yellow(oneLine(who+" (explain --id "+escape.Shell(p.Fused[0].ID)+")")))
	names := firstFew(p.FusedCount, len(p.Fused), func(i int) string {
		emails := p.Fused[i].Emails
		return fmt.Sprintf("%s (%s)", mapping.ShortID(p.Fused[i].ID), strings.Join(emails[:min(3, len(emails))], ", "))
	})
	t.line("", t.style.dim(oneLine("they are "+names)))
}

// mostNamed is how many of those that a summary only counts it also names.
const mostNamed = 5

// withoutEmail names the first few of those whose email another one has.
func (t *summaryText) withoutEmail() {
	all := t.s.People.WithoutEmail
	if len(all) == 0 {
		return
	}
	names := firstFew(len(all), len(all), func(i int) string {
		return fmt.Sprintf("%s (%s has it)", mapping.ShortID(all[i].ID), mapping.ShortID(all[i].HeldBy))
	})
	t.line("", t.style.dim(oneLine("without their email: "+names)))
}

// firstFew lists the first of n names, and how many more there are. --json lists so many of them.
func firstFew(n, listed int, name func(i int) string) string {
	return firstOf(mostNamed, n, jsonLists(listed, listed < n), name)
}

// roughly marks what rests on a sample.
func (t *summaryText) roughly() string {
	if t.s.Estimated {
		return "about "
	}
	return ""
}

// profiles is how many one choice of people makes, and how many of them are new.
func (t *summaryText) profiles(who string) string {
	n := t.s.Profiles[who]
	text := export.Count(int64(n))
	if who == "all" {
		text = t.roughly() + text
	}
	if t.s.Known != nil {
		text += fmt.Sprintf(" (%s new)", export.Count(int64(n-t.s.Known[who])))
	}
	return text
}

// links says which rows that tie IDs together were refused. Most runs have none.
func (t *summaryText) links() {
	l := t.s.People.Links
	refused := map[string]int64{
		linkIdentified: l.AlreadyIdentified, linkExported: l.PersonsExport, linkPersonID: l.RefusedShares,
	}
	if total(refused) > 0 {
		links := " links between two people refused: "
		if total(refused) == 1 {
			links = " link between two people refused: "
		}
		t.line("", export.Count(total(refused))+links+reasons(refused))
	}
}

// actions are those of operations, in the order in which they are told.
var actions = []string{"identify", "event", "page", "screen", "merge"}

func (t *summaryText) operations() {
	var parts []string
	for _, action := range actions {
		if n := t.s.Operations[action]; n > 0 {
			parts = append(parts, export.Count(n)+" "+action)
		}
	}
	if len(parts) == 0 {
		parts = []string{"none"}
	}
	t.line("operations", strings.Join(parts, ", "))
	if n := int(t.s.Operations["merge"]); n > 0 {
		t.line("", t.style.dim(pairsText(t.s.Merges[:min(len(t.s.Merges), mostNamed)], n)))
	}
	if n := total(t.s.MergesRejected); n > 0 {
		t.line("merges", t.style.red(fmt.Sprintf("%s rejected (%s)", export.Count(n), reasons(t.s.MergesRejected))))
	}
	if total(t.s.Refused) > 0 {
		t.line("refused", t.style.red(reasons(t.s.Refused)))
	}
	if total(t.s.Unsent) > 0 {
		t.line("unsent", t.style.yellow(reasons(t.s.Unsent)))
	}
	requests := fmt.Sprintf("%s, %s", export.Count(t.s.Requests), bytesText(t.s.Bytes))
	if t.s.Retries > 0 {
		requests += fmt.Sprintf(", %s retries", export.Count(t.s.Retries))
	}
	t.line("requests", requests)
	if len(t.s.ValuesCut) > 0 {
		t.line("values cut", reasons(t.s.ValuesCut))
	}
}

// stopped says how an interruption left things.
func stopped(s *export.Summary) string {
	if n := total(s.Unsent); n > 0 {
		return "interrupted; " + export.Count(n) + " operations were not sent or have no answer (safe to send again)"
	}
	return "interrupted; what was under way was finished"
}

func (t *summaryText) campaigns() {
	c := t.s.Campaigns
	t.line("campaigns", fmt.Sprintf("%s events younger than 72 h can start one; %s identifies can enter segments",
		export.Count(c.RecentEvents), export.Count(c.Identifies)))
	if t.s.People.Stale > 0 {
		t.line("", fmt.Sprintf("%s people's newest data is older than 72 h and may overwrite later values",
			export.Count(int64(t.s.People.Stale))))
	}
}

func (t *summaryText) trouble() {
	if names := t.s.UnknownOnly; len(names) > 0 {
		t.line("warning", t.style.yellow(oneLine(nobodyHas(names))))
	}
	if t.s.LiveStops {
		t.line("stops", t.style.yellow("a real run would send nothing: "+oneLine(liveText(t.s.LiveProfiles))))
		t.line("", liveHint)
	}
	for _, limit := range t.s.WouldStop {
		t.line("stops", t.style.yellow("a real run would send nothing: "+limitText(limit)))
	}
	t.unread()
	for _, source := range t.s.Sources {
		if source.Trouble != "" {
			t.line("trouble", t.style.red(plain(source.Path+": "+source.Trouble)))
			t.line("", plain(source.Hint))
		}
		if source.Warning != "" {
			t.line("warning", t.style.yellow(plain(source.Path+": "+source.Warning)))
			t.line("", plain(source.Hint))
		}
	}
}

func total(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// about writes a duration as coarsely as a forecast deserves.
func about(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < 10*time.Second:
		return "about " + d.Round(100*time.Millisecond).String()
	}
	return "about " + d.Round(time.Second).String()
}

func took(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func bytesText(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
