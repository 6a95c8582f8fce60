package transfer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"ph2cio/internal/mapping"
)

func TestSkippedEventsAreBoundedAndInOrder(t *testing.T) {
	t.Parallel()
	rules, err := mapping.New(mapping.Options{Now: runTime})
	if err != nil {
		t.Fatal(err)
	}
	count := func(chunks ...[]string) ([]SkippedEvent, int64) {
		var all skippedNames
		for _, names := range chunks {
			var one skippedNames
			for _, name := range names {
				one.add([]byte(name), 1)
			}
			all.merge(&one)
		}
		return all.list(rules)
	}
	got, beyond := count([]string{"$autocapture", "$b", "$a"}, []string{"$pageleave", "$autocapture", "$a"}, []string{"$b"})
	with := func(name string) string { return "[^$]*,$pageview,$screen," + name }
	want := []SkippedEvent{
		{"$a", 2, true, with("$a")}, {"$b", 2, true, with("$b")},
		{"$autocapture", 2, false, with("$autocapture")}, {"$pageleave", 1, false, with("$pageleave")},
	}
	if diff := cmp.Diff(want, got); diff != "" || beyond != 0 {
		t.Errorf("(-want +got):\n%s%d beyond", diff, beyond)
	}

	var many, again []string
	for i := range maxSkippedNames + 50 {
		many = append(many, fmt.Sprintf("$%04d", i))
	}
	again = append(again, many...)
	again = append(again, "$"+strings.Repeat("x", maxSkippedNameLength))
	got, beyond = count(many, again)
	if len(got) != maxSkippedNames || beyond != 101 || slices.ContainsFunc(got, func(e SkippedEvent) bool { return e.Rows != 2 }) {
		t.Errorf("%d names, %d rows beyond", len(got), beyond)
	}
	if got, _ := count([]string{"$nul\x00", "$broken\xff"}); got[0].Events+got[1].Events != "" {
		t.Errorf("names that cannot be typed: %+v", got)
	}
}

// The value of --events that is shown for a skipped event means the same as before, and that event.
func TestEventsWithAddsToWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, only := range [][]string{nil, {"order *"}, {"[^$]*", "$pageview", "$screen"}} {
		rules, err := mapping.New(mapping.Options{Now: runTime, Events: only})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"$a", `$"q", and c`, `$b\[x]*?`, "$ü"} {
			value := rules.EventsWith(name)
			with, err := mapping.New(mapping.Options{Now: runTime, Events: readFlag(t, value)})
			if err != nil {
				t.Fatal(err)
			}
			if o := with.EventName([]byte(name)); o.Bucket != mapping.Send {
				t.Errorf("--events %s does not send %q: %+v", value, name, o)
			}
			for _, other := range []string{"order placed", "signup", "$pageview", "$screen", "$autocapture", "$z"} {
				if before, after := rules.EventName([]byte(other)), with.EventName([]byte(other)); before != after {
					t.Errorf("--events %s: %q becomes %+v, was %+v", value, other, after, before)
				}
			}
			if with.Filtered() != rules.Filtered() {
				t.Errorf("--events %s: filtered %t", value, with.Filtered())
			}
		}
	}
}

// readFlag reads a value as the flag does.
func readFlag(t *testing.T, value string) []string {
	t.Helper()
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	events := f.StringSlice("events", nil, "")
	if err := f.Parse([]string{"--events", value}); err != nil {
		t.Fatal(err)
	}
	return *events
}
