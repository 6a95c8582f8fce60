package cli

import (
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/exit"
)

// TestNightsOverObjectsWithOtherNames syncs a bucket with objects whose names do not say what they are: an
// export, a text, and a text with rows in it. Each version is opened in one night to find out, even if there
// is nothing new in that night.
func TestNightsOverObjectsWithOtherNames(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/part-00000", orderRows(0, 5)...)
	b.put("export/notes.txt", "These are the exports of March.")
	b.put("export/mixed.txt", append(slices.Repeat([]string{"This is how a row looks:"}, 3), orderRow(9))...)
	leftOut := []string{"left out: notes.txt: not exports", "mixed.txt: only some of its lines are events (the first is line 4)"}
	for _, events := range []int{5, 0} {
		got, _ := b.sync(exit.Done, events)
		for _, want := range leftOut {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%d events: %s\nwant %s", events, got.stderr, want)
			}
		}
	}
	b.idle(1)

	b.put("export/more.txt", "These are the exports of April.")
	if got, asked := b.sync(exit.Done, 0); asked.Open == 0 || !strings.Contains(got.stdout, "Nothing new") {
		t.Errorf("asked %+v\n%s%s", asked, got.stdout, got.stderr)
	}
	b.idle(1)

	b.put("export/notes.txt", orderRows(10, 12)...)
	b.sync(exit.Done, 2)
	b.idle(1)
	if _, asked := b.send(exit.Done, 0, "backfill", "--yes", "--recent", "send", bucketURL+"export/"); asked.List != 1 || asked.Look > 0 {
		t.Errorf("a backfill after the nights asked %+v", asked)
	}
	if _, asked := b.sync(exit.Done, 0, "--column", "event=name"); asked.Open == 0 {
		t.Error("with other flags no object was opened to see what it is")
	}
}

// TestWhatCouldNotBeReadIsNotRemembered syncs a bucket whose store fails while a text is looked at. The night
// reports that, and the next one finds out that the text is no export.
func TestWhatCouldNotBeReadIsNotRemembered(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 5)...)
	b.sync(exit.Done, 5)
	b.put("export/notes.txt", "These are the exports of March.")
	b.FailAt = 1
	b.sync(exit.Input, 0)
	b.FailAt = 0
	if got, _ := b.sync(exit.Done, 0); !strings.Contains(got.stderr, "left out: notes.txt: not exports") {
		t.Error(got.stderr)
	}
	b.idle(1)
}

// TestPreviewsKnowObjects previews a bucket after a sync, with the state of the sync and without.
func TestPreviewsKnowObjects(t *testing.T) {
	t.Parallel()
	b := newBucket(t)
	b.put("export/a.jsonl", orderRows(0, 5)...)
	b.put("export/notes.txt", "These are the exports of March.")
	b.sync(exit.Done, 5)
	count := func(flags ...string) int {
		before := b.Calls()
		if got := b.run(append([]string{"preview", "--state", b.state, bucketURL + "export"}, flags...)...); got.code != exit.Done {
			t.Error(got.stderr)
		}
		return b.Calls().Open - before.Open
	}
	if known, fresh := count(), count("--fresh"); known >= fresh {
		t.Errorf("a preview opened %d times, one that knows nothing %d times", known, fresh)
	}
}
