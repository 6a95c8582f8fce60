package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// reasonWords are the words for one code. They follow a number of rows, people, merges, links or values, as
// in "2 PostHog noise events".
type reasonWords struct {
	one, many string // without many, one is used for any number
	fix       string // what to do about it, where that helps
}

// Why a link between two IDs is refused.
const (
	linkIdentified = "already_identified" // as PostHog does
	linkExported   = "persons_export"     // in the persons export they are two people
	linkPersonID   = "person_ids"         // rows share a person_id
)

// apiPrefix marks the reasons that are Customer.io's own.
const apiPrefix = "api:"

// leftOutWords are the reasons for which a row is left out by choice, or waits for a later run.
var leftOutWords = map[string]reasonWords{
	mapping.ReasonGroup:          {one: "about a group", many: "about groups"},
	mapping.ReasonNoise:          {one: "PostHog noise event", many: "PostHog noise events", fix: "name it in --events, beside the others"},
	mapping.ReasonFiltered:       {one: "ruled out by --events or --skip-events"},
	mapping.ReasonByRule:         {one: "left out by a rule of the mapping file"},
	mapping.ReasonOutOfRange:     {one: "outside --since and --until"},
	mapping.ReasonLive:           {one: "sent by the live destination"},
	mapping.ReasonRecent:         {one: "event of the last 72 hours", many: "events of the last 72 hours", fix: "waits; --recent send sends it"},
	mapping.ReasonAnonymous:      {one: "from a visitor not identified yet", many: "from visitors not identified yet", fix: "waits; --people all sends it"},
	mapping.ReasonNoEmail:        {one: "from a person without an email", many: "from people without an email", fix: "waits; --people identified sends it"},
	mapping.ReasonIllegalID:      {one: "with a placeholder ID", many: "with placeholder IDs"},
	mapping.ReasonExcluded:       {one: "from a person in --exclude-people", many: "from people in --exclude-people"},
	mapping.ReasonDeleted:        {one: "from a person deleted in PostHog", many: "from people deleted in PostHog"},
	mapping.ReasonNotNamed:       {one: "from a person not named by --only", many: "from people not named by --only"},
	mapping.ReasonTestAccount:    {one: "from a test account", many: "from test accounts"},
	mapping.ReasonTwoProfiles:    {one: "from a person with two profiles", many: "from people with two profiles", fix: "waits; --merge-profiles merges them"},
	mapping.ReasonTooOld:         {one: "too old to check for a duplicate", many: "too old to check for duplicates", fix: "waits; --resend-old sends it"},
	mapping.ReasonRejectedBefore: {one: "rejected by an earlier run", fix: "fix it, then retry"},
	mapping.ReasonCorrectedLate:  {one: "correction of an event already sent", many: "corrections of events already sent"},
	mapping.ReasonSameProfile:    {one: "merge of a profile with itself", many: "merges of profiles with themselves"},
	transfer.ReasonOtherTeam:     {one: "of another PostHog project", fix: "--team chooses the project"},
}

// rejectedWords are the reasons for which a row, a person or a merge is rejected, by ph2cio itself or by
// Customer.io.
var rejectedWords = map[string]reasonWords{
	posthog.NotJSON:               {one: "not valid JSON", fix: "export again, or fix the row"},
	posthog.NotAnObject:           {one: "not a JSON object", many: "not JSON objects", fix: "export again, or fix the row"},
	posthog.NotAnEvent:            {one: "without an event name", fix: "export the column `event` too"},
	posthog.NoDistinctID:          {one: "without a distinct ID", fix: "export the column `distinct_id` too"},
	posthog.BadDistinctID:         {one: "with a damaged distinct ID", many: "with damaged distinct IDs", fix: "export again, or fix the row"},
	posthog.RoundedID:             {one: "with a rounded ID", many: "with rounded IDs", fix: "export IDs as text, without a spreadsheet"},
	posthog.NoPersonID:            {one: "without a person's UUID", fix: "export the persons with their IDs"},
	posthog.BadTeamID:             {one: "with an unreadable team_id", fix: "export again, or fix the row"},
	posthog.RowTooLong:            {one: "too long for a row", fix: "shorten the row"},
	posthog.CSVFields:             {one: "with the wrong number of cells", fix: "export again, or fix the row"},
	posthog.CSVQuotes:             {one: "with a misplaced quote", many: "with misplaced quotes", fix: "export again, or fix the row"},
	mapping.ReasonBadTimestamp:    {one: "without a usable time", fix: "fix the timestamp"},
	mapping.ReasonFutureTimestamp: {one: "with a time in the future", fix: "fix the timestamp, or send it later"},
	mapping.ReasonNoIdentifier:    {one: "without an identifier", fix: "choose others with --identify-by"},
	mapping.ReasonEmailConflict:   {one: "with an email that somebody else has", fix: "use --identify-by id"},
	mapping.ReasonIDTooLong:       {one: "with an ID that is too long", many: "with IDs that are too long", fix: "shorten the ID"},
	mapping.ReasonTooLarge:        {one: "too large for Customer.io", fix: "drop properties with --drop-property"},
	mapping.ReasonPersonRejected:  {one: "from a rejected person", many: "from rejected people", fix: "fix the person; then sync sends it"},
	mapping.ReasonExpression:      {one: "for which an expression failed", fix: "fix the expression"},
	transfer.ReasonMergeRejected:  {one: "whose email needs a rejected merge", many: "whose emails need a rejected merge", fix: "retry --merges"},
	transfer.ReasonSameIdentifier: {one: "with the identifier of another person", fix: "use another --identify-by"},
	apiPrefix + "invalid":         {one: "invalid for Customer.io", fix: "fix the field that it names"},
	apiPrefix + "required":        {one: "without what Customer.io requires", fix: "fix the field that it names"},
	apiPrefix + "unnamed":         {one: "rejected by Customer.io without a reason"},
}

// linkWords are the reasons for which two IDs are not taken for one person.
var linkWords = map[string]reasonWords{
	linkIdentified: {one: "would join two identified people"},
	linkExported:   {one: "would join two people of the persons export"},
	linkPersonID:   {one: "would join identified people who share a person_id"},
}

// changedWords are the kinds of changes that make a value fit.
var changedWords = map[string]reasonWords{
	"string_too_long":       {one: "text over 1,000 bytes shortened", many: "texts over 1,000 bytes shortened"},
	"value_too_long":        {one: "value over 1,000 bytes left out", many: "values over 1,000 bytes left out"},
	"name_too_long":         {one: "attribute with an empty or too long name left out", many: "attributes with empty or too long names left out"},
	"too_many_attributes":   {one: "attribute beyond the 300th left out", many: "attributes beyond the 300th left out"},
	"bad_email":             {one: "invalid email left out", many: "invalid emails left out"},
	"page_name":             {one: "page or screen name shortened", many: "page and screen names shortened"},
	"event_name":            {one: "event name shortened", many: "event names shortened"},
	"reserved":              {one: "reserved attribute left out", many: "reserved attributes left out", fix: "--allow-reserved NAME sends it"},
	"bad_date":              {one: "unreadable date left out", many: "unreadable dates left out"},
	"not_a_date":            {one: "value under dates of a rule is no date, sent as it is", many: "values under dates of rules are no dates, sent as they are"},
	"redacted":              {one: "secret redacted", many: "secrets redacted"},
	"invalid_utf8":          {one: "text with invalid characters fixed", many: "texts with invalid characters fixed"},
	"nul":                   {one: "text with NUL characters fixed", many: "texts with NUL characters fixed"},
	"item_too_large":        {one: "PostHog property left out of a large event", many: "PostHog properties left out of large events"},
	"event_value_too_long":  {one: "event value over --event-value-limit cut", many: "event values over --event-value-limit cut"},
	"same_name":             {one: "attribute left out because another has its name", many: "attributes left out because others have their names"},
	transfer.ValueRemoved:   {one: "attribute that Customer.io refuses left out", many: "attributes that Customer.io refuses left out"},
	transfer.ValueNotNumber: {one: "cell without a number left out", many: "cells without a number left out"},
	mapping.MadeUpNames:     {one: "page or screen sent as unknown", many: "pages and screens sent as unknown"},
}

// operationWords are the kinds of operations.
var operationWords = map[string]reasonWords{
	"identify": {one: "profile update", many: "profile updates"},
	"event":    {one: "event", many: "events"},
	"page":     {one: "page", many: "pages"},
	"screen":   {one: "screen", many: "screens"},
	"merge":    {one: "merge", many: "merges"},
}

// wordTables are all codes with their words.
var wordTables = []map[string]reasonWords{leftOutWords, rejectedWords, linkWords, changedWords, operationWords}

// WordsFor says a code in words that follow n, such as "PostHog noise events". A code without words is shown
// with blanks for its underscores, because Customer.io has reasons of its own and a state may be newer than
// this program.
func WordsFor(code string, n int64) string {
	for _, table := range wordTables {
		if words, ok := table[code]; ok {
			return words.of(n)
		}
	}
	text, api := strings.CutPrefix(OneLine(code), apiPrefix)
	status, http := strings.CutPrefix(text, customerio.ReasonHTTP)
	text = strings.ReplaceAll(text, "_", " ")
	switch {
	case api && http:
		return "refused by Customer.io with HTTP " + status
	case api:
		return "rejected by Customer.io: " + text
	}
	return text
}

func (w *reasonWords) of(n int64) string {
	if n == 1 || w.many == "" {
		return w.one
	}
	return w.many
}

// ReasonsBesideTotal lists reasons next to their total. A single reason needs no number of its own.
func ReasonsBesideTotal(counts map[string]int64) string {
	var only string
	for code, n := range counts {
		switch {
		case n == 0:
		case only != "":
			return Reasons(counts)
		default:
			only = code
		}
	}
	if only == "" {
		return ""
	}
	return WordsFor(only, counts[only])
}

// Reasons lists counts by code in words, the largest first.
func Reasons(counts map[string]int64) string {
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, code := range codes {
		if n := counts[code]; n != 0 {
			parts = append(parts, report.Count(n)+" "+WordsFor(code, n))
		}
	}
	return strings.Join(parts, report.ListSeparator)
}

// listWords lists the codes of one table with what they mean and what to do about them, for help.
func listWords(table map[string]reasonWords) string {
	var b strings.Builder
	for _, code := range slices.Sorted(maps.Keys(table)) {
		words := table[code]
		fmt.Fprintf(&b, "  %-20s  %s\n", code, words.one)
		if words.fix != "" {
			fmt.Fprintf(&b, "  %-20s    %s\n", "", words.fix)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ReasonTables returns the codes with their words, and with what to do about them, as help shows them.
func ReasonTables() string {
	return strings.Join([]string{
		"Rows left out, or waiting for a later run:\n", listWords(leftOutWords),
		"\nRejected rows, people and merges:\n", listWords(rejectedWords),
		"\nLinks between two IDs, refused:\n", listWords(linkWords),
		"\nValues changed to fit:\n", listWords(changedWords),
	}, "\n")
}
