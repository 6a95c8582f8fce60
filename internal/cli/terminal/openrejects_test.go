package terminal

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNoCellOfTheTableIsRunByASpreadsheet writes rejects of any text as a table and reads the table.
func TestNoCellOfTheTableIsRunByASpreadsheet(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching("[ ;\"=+@\t\r\n\uff1d-].{0,5}"))
		one := OpenReject{File: text.Draw(r, "file"), Event: text.Draw(r, "event"), Reason: text.Draw(r, "reason"), Detail: text.Draw(r, "detail"), Row: 3}
		one.Words, one.Cure = WordsFor(one.Reason, 1), CureFor(one.Reason)
		var b bytes.Buffer
		table, err := NewRejectTable(&b)
		if err == nil {
			err = table.Add(&one)
		}
		if err == nil {
			err = table.Flush()
		}
		if err != nil {
			r.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || strings.Join(rows[0], ",") != "file,row,line,event,reason,words,detail,cure" {
			r.Fatalf("%q, %v", rows, err)
		}
		for _, cell := range rows[1] {
			for part := range strings.SplitSeq(cell, ";") {
				if begin := strings.TrimLeft(part, " \"\n"); begin != "" && strings.ContainsAny(begin[:1], "=+-@\t\r") || strings.HasPrefix(begin, "\uff1d") {
					r.Fatalf("the cell %q would be run", cell)
				}
			}
		}
	})
}

// TestEachKindOfFormulaIsMadeText has a case for each way in which a cell may begin that a spreadsheet runs.
func TestEachKindOfFormulaIsMadeText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1":                 "'=1+1",
		"+1":                   "'+1",
		"-1":                   "'-1",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 `'\u0009=1`,
		"\tplain":              `'\u0009plain`,
		"\r=1":                 `'\u000d=1`,
		"\rplain":              `'\u000dplain`,
		"\n=1":                 `'\u000a=1`,
		"  =1":                 "'  =1",
		"\u00a0=1":             `'\u00a0=1`,
		"\u3000=1":             `'\u3000=1`,
		"\ufeff=1":             `'\ufeff=1`,
		"\u200b\x00=1":         `\u200b\u0000=1`, // begins with a backslash, and is text
		"\x00=1":               `'\u0000=1`,
		"\uff1d1":              "'\uff1d1",
		"\uff0b1":              "'\uff0b1",
		"\uff0d1":              "'\uff0d1",
		"\uff20SUM(A1)":        "'\uff20SUM(A1)",
		`"=1"`:                 `'"=1"`,
		`"" =1`:                `'"" =1`,
		`=HYPERLINK("x";"y")`:  `'=HYPERLINK("x";"y")`,
		"a;=1":                 "a;'=1",
		`a";"=1`:               `a";'"=1`,
		"a; -1;b":              "a;' -1;b",
		"Order Completed":      "Order Completed",
		"a=1":                  "a=1",
		"2026-03-04 10:00 a,b": "2026-03-04 10:00 a,b",
		"'=1":                  "'=1",
		"":                     "",
	} {
		if got := asCell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestARejectWithoutARowSaysWhom(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"reason":"invalid","operation":{"type":"person","action":"identify","identifiers":{"id":"user_1"},"attributes":{}}}`:                    "user_1",
		`{"reason":"invalid","detail":"no","field":"plan","operation":{"action":"identify","identifiers":{"email":"ada@example.com"}}}`:           "ada@example.com: plan: no",
		`{"reason":"invalid","operation":{"action":"merge","primary":{"id":"user_1"},"secondary":{"id":"anon_1"}}}`:                               "merge of anon_1 into user_1",
		`{"reason":"too_large","detail":"too large: person user_1"}`:                                                                              "too large: person user_1",
		`{"file":"a.jsonl","row":3,"reason":"invalid","detail":"no","operation":{"action":"event","name":"Order","identifiers":{"id":"user_1"}}}`: "no",
	} {
		if one, err := ReadOpenReject([]byte(line)); err != nil || one.Detail != want {
			t.Errorf("%s\ngot %q, %v; want %q", line, one.Detail, err, want)
		}
	}
}

// TestPlacesNameTheLineWhereItIsNotTheRow compares the places of rejects in a CSV with a header, in a file of one
// row a line and in a Parquet file.
func TestPlacesNameTheLineWhereItIsNotTheRow(t *testing.T) {
	for want, r := range map[string]OpenReject{
		"a.csv row 3 (line 4)  Signed Up  ": {File: "a.csv", Row: 3, Line: 4, Event: "Signed Up"},
		"a.parquet row 3  Signed Up  ":      {File: "a.parquet", Row: 3, Line: 3, Event: "Signed Up"},
		"a.jsonl row 3  ":                   {File: "a.jsonl", Row: 3},
		"Signed Up  ":                       {Event: "Signed Up"},
		"":                                  {},
	} {
		if got := r.place(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
