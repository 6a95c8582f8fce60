package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// people says how many people the IDs are, and who is not sent as they are.
func (t *summaryText) people() {
	p := &t.s.People
	t.Line("People", t.whoIsWho())
	if n := deliver.Sum(p.Rejected); n > 0 {
		t.Line("", t.Style.Red(report.Plural(n, "person", "people")+" rejected ("+ReasonsBesideTotal(p.Rejected)+")"))
	}
	if n := int64(p.EmailConflicts); n > 0 {
		t.Line("", report.Plural(n, "person shares", "people share")+" an email with somebody else and "+report.PluralWord(n, "is", "are")+" sent without it")
	}
	t.withoutEmail()
	if p.Unidentified > 0 {
		t.Line("", t.leftOut(", left out"))
	}
}

// whoIsWho says how many people the distinct IDs are.
func (t *summaryText) whoIsWho() string {
	ids := t.s.People.DistinctIDs
	who := ids - t.s.People.JoinedIDs
	return t.aboutText() + report.Plural(ids, "distinct ID is ", "distinct IDs are ") + t.aboutText() + report.Plural(who, "person", "people")
}

// leftOut says how many visitors are left out because nothing identifies them, and how many of them for one
// reason alone. becomes is put behind their number, where no label says what becomes of them.
func (t *summaryText) leftOut(becomes string) string {
	p := t.s.People
	text := t.aboutText() + report.Plural(p.Unidentified, "visitor", "visitors") + " not identified yet" + becomes
	var only []string
	of := func(n int64) string {
		if p.Unidentified == 1 {
			return ""
		}
		return report.Count(n) + " of them "
	}
	if n := int64(p.ShapeOnly); n > 0 {
		only = append(only, of(n)+"only because "+report.PluralWord(n, "its ID looks", "their IDs look")+" machine-made")
	}
	if n := int64(p.VisitorOnly); n > 0 {
		only = append(only, of(n)+"only because posthog-js never says who "+report.PluralWord(n, "it is", "they are"))
	}
	if len(only) == 0 {
		return text
	}
	return text + " (" + strings.Join(only, ", ") + ")"
}

// withoutEmail names the first few whose email another person holds.
func (t *summaryText) withoutEmail() {
	all := t.s.People.WithoutEmail
	if len(all) == 0 {
		return
	}
	names := FirstFew(len(all), len(all), func(i int) string {
		return fmt.Sprintf("%s (%s has it)", mapping.ShortID(all[i].ID), mapping.ShortID(all[i].HeldBy))
	})
	t.Line("", t.Style.Dim(OneLine("without their email: "+names)))
}

// aboutText marks numbers that are estimated from a sample.
func (t *summaryText) aboutText() string {
	if t.s.Estimated {
		return "about "
	}
	return ""
}

// links says how many links between IDs were refused, and why.
func (t *summaryText) links() {
	l := t.s.People.Links
	refused := map[string]int64{
		linkIdentified: l.AlreadyIdentified, linkExported: l.PersonsExport, linkPersonID: l.RefusedShares,
	}
	if n := deliver.Sum(refused); n > 0 {
		t.Line("links", report.Plural(n, "link between IDs", "links between IDs")+" not followed ("+ReasonsBesideTotal(refused)+")")
	}
}
