package webreport

import (
	"regexp"
	"slices"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/inspect"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// public returns a copy of a document without personal data: IDs, emails, cells and rows are empty. Lists of
// nothing else are empty too; the numbers of what they list stay.
func public(d *Document) *Document {
	p := &privacy{}
	one := *d
	if d.Summary != nil {
		one.Summary = p.summary(d.Summary)
	}
	if d.Inspection != nil {
		one.Inspection = p.inspection(d.Inspection)
	}
	one.Words = p.withoutIDs(d.Words)
	one.Failure, one.Hint = p.without(withoutAnswers(d.Failure, d.Answers)), p.without(d.Hint)
	one.Settings = slices.Clone(d.Settings)
	for i := range one.Settings {
		if namesPeople(one.Settings[i].Flag) {
			one.Settings[i].Value = hiddenValue
		}
	}
	return &one
}

// What stands for an ID in a command, and anywhere else.
const (
	hiddenValue = "ID"
	hidden      = "(hidden)"
)

// namesPeople reports whether the values of a flag are IDs.
func namesPeople(flag string) bool { return flag == "only" || flag == "id" }

// withoutIDs hides the values of flags that name people.
func (p *privacy) withoutIDs(words []string) []string {
	words = slices.Clone(words)
	for i, word := range words {
		flag, value, hasValue := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		switch {
		case !strings.HasPrefix(word, "--") || !namesPeople(flag):
		case hasValue:
			words[i] = "--" + flag + "=" + hiddenValue
			p.hide(strings.Split(value, ",")...)
		case i+1 < len(words):
			p.hide(strings.Split(words[i+1], ",")...)
			words[i+1] = hiddenValue
		}
	}
	return words
}

// withoutID is withoutIDs for a command in one string, as a shell takes it.
func (p *privacy) withoutID(command string) string {
	words := p.withoutIDs(shellWords(command))
	for i, word := range words {
		words[i] = escape.Shell(word)
	}
	return strings.Join(words, " ")
}

// shellWords returns the words of a command that escape.Shell has quoted.
func shellWords(command string) (words []string) {
	var word strings.Builder
	quoted, escaped := false, false
	for _, c := range command {
		switch {
		case escaped:
			escaped = false
			word.WriteRune(c)
		case c == '\\' && !quoted:
			escaped = true
		case c == '\'':
			quoted = !quoted
		case c == ' ' && !quoted:
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(c)
		}
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words
}

// privacy remembers the IDs that it hides, because errors may name them too. One of a letter or two names
// nobody and would be found in any text.
type privacy struct{ ids []string }

func (p *privacy) hide(ids ...string) {
	for _, id := range ids {
		if len(id) > 2 {
			p.ids = append(p.ids, mapping.ShortID(id), id)
		}
	}
}

// without hides those IDs in an error.
func (p *privacy) without(text string) string {
	for _, id := range p.ids {
		text = strings.ReplaceAll(text, id, hidden)
	}
	return text
}

// withoutAnswers hides in an error what Customer.io has answered, because an answer may name somebody.
func withoutAnswers(text string, answers []string) string {
	for _, answer := range answers {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "("+answer+")", hidden), answer, hidden)
	}
	return withoutColumns(text)
}

// columnNames is what the reader of sources says before the names that it has found instead of PostHog's.
var columnNames = regexp.MustCompile(`(its columns|its keys|their keys) are "(\\.|[^"\\])*"`)

// withoutColumns hides the columns of a file that is no export: in a CSV file without a header they are cells.
func withoutColumns(text string) string { return columnNames.ReplaceAllString(text, "$1 are "+hidden) }

func (p *privacy) summary(s *transfer.Summary) *transfer.Summary {
	one := *s
	one.Next, one.Details = p.withoutID(s.Next), publicDetails(s.Details)
	p.uncertain(&one.People.Uncertain)
	one.People.WithoutEmail, one.Merges = nil, nil
	p.hide(s.UnknownOnly...)
	one.UnknownOnly = slices.Repeat([]string{hidden}, len(s.UnknownOnly))
	if s.TwoProfiles != nil {
		for _, held := range s.TwoProfiles.People {
			p.hide(held.ID)
		}
		one.TwoProfiles = &transfer.TwoProfiles{Count: s.TwoProfiles.Count}
	}
	if s.LiveProfiles != nil {
		p.hide(s.LiveProfiles.IDs...)
		one.LiveProfiles = &transfer.LiveProfiles{Count: s.LiveProfiles.Count}
	}
	one.LostHistory = slices.Clone(s.LostHistory)
	for i := range one.LostHistory {
		one.LostHistory[i].IDs = nil
	}
	one.CorrectedLate = slices.Clone(s.CorrectedLate)
	for i := range one.CorrectedLate {
		one.CorrectedLate[i].EventID = ""
	}
	one.TextColumns = slices.Clone(s.TextColumns)
	for i := range one.TextColumns {
		one.TextColumns[i].Cell = ""
	}
	one.UnreadFields = withoutValues(s.UnreadFields)
	one.Sources = slices.Clone(s.Sources)
	for i := range one.Sources {
		one.Sources[i].Trouble = withoutColumns(s.Sources[i].Trouble)
	}
	one.Examples = slices.Clone(s.Examples)
	for i := range one.Examples {
		one.Examples[i] = publicReject(&one.Examples[i])
	}
	return &one
}

func (p *privacy) uncertain(u *transfer.Uncertain) {
	for _, fused := range u.Fused {
		p.hide(fused.ID)
	}
	u.Fused = nil
}

func withoutValues(all []transfer.UnreadField) []transfer.UnreadField {
	all = slices.Clone(all)
	for i := range all {
		all[i].Text = ""
	}
	return all
}

// harmless are the reasons of rows whose details quote nothing of the row but times, sizes and names of
// columns. Those of people and of merges name somebody.
var harmless = map[string]bool{
	posthog.NotJSON: true, posthog.NotAnObject: true, posthog.NotAnEvent: true,
	posthog.RowTooLong: true, posthog.CSVFields: true, posthog.CSVQuotes: true,
	mapping.ReasonFutureTimestamp: true, mapping.ReasonTooLarge: true, mapping.ReasonPersonRejected: true,
}

// publicReject hides what a reject says of somebody.
func publicReject(r *deliver.Reject) deliver.Reject {
	one := r.WithoutText()
	one.EventID = ""
	if !isRow(r) || !harmless[r.Reason] {
		one.Detail = ""
	}
	return one
}

// isRow reports whether a reject is one of a row, not of a person or of a merge.
func isRow(r *deliver.Reject) bool { return r.Row > 0 || r.Line > 0 }

func (p *privacy) inspection(in *inspect.Result) *inspect.Result {
	one := *in
	one.Details = publicDetails(in.Details)
	p.uncertain(&one.People.Uncertain)
	one.UnreadFields = withoutValues(in.UnreadFields)
	one.Columns = slices.Clone(in.Columns)
	for i := range one.Columns {
		if made := one.Columns[i].MadeText; made != nil {
			hidden := *made
			hidden.Cell = ""
			one.Columns[i].MadeText = &hidden
		}
	}
	one.Files = slices.Clone(in.Files)
	for i := range one.Files {
		one.Files[i].Trouble = withoutColumns(in.Files[i].Trouble)
	}
	one.Rejects = slices.Clone(in.Rejects)
	for i := range one.Rejects {
		one.Rejects[i].First = publicReject(&one.Rejects[i].First)
	}
	return &one
}

func publicDetails(d *transfer.Details) *transfer.Details {
	if d == nil {
		return nil
	}
	one := *d
	one.Examples = slices.Clone(d.Examples)
	for i := range one.Examples {
		one.Examples[i].DistinctID, one.Examples[i].Raw = "", ""
	}
	one.LargestPeople = slices.Clone(d.LargestPeople)
	for i := range one.LargestPeople {
		one.LargestPeople[i].KeptID, one.LargestPeople[i].Emails = "", nil
	}
	return &one
}
