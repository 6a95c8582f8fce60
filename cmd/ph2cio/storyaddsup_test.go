package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// addsup PREVIEW SCREEN: checks a confirmation of a resumed run. What it says was sent and what it says is
// left must add up to what a preview of a new run would send.
func addsUp(ts *testscript.TestScript, _ bool, args []string) {
	var all struct {
		Rows       struct{ Sent int64 }
		Operations map[string]int64
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &all))
	lines := regexp.MustCompile(`(?m)^  (?:Already sent|Left to send) +([0-9,]+) (?:person|people) +([0-9,]+) events?`).FindAllStringSubmatch(ts.ReadFile(args[1]), -1)
	if len(lines) != 2 {
		ts.Fatalf("%d lines of what was sent and what is left", len(lines))
	}
	var people, events int64
	for _, line := range lines {
		people += numberOf(ts, line[1])
		events += numberOf(ts, line[2])
	}
	if people != all.Operations["identify"] || events != all.Rows.Sent {
		ts.Fatalf("%d people and %d events, want %d and %d", people, events, all.Operations["identify"], all.Rows.Sent)
	}
}

func numberOf(ts *testscript.TestScript, text string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	ts.Check(err)
	return n
}
