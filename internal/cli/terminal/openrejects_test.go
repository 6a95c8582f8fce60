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
		text := rapid.OneOf(rapid.String(), rapid.StringMatching("[=+@\t\r-].{0,5}"))
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
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				r.Fatalf("the cell %q would be run", cell)
			}
		}
	})
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
