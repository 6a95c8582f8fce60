package progress

import (
	"bytes"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecordsTellStartPaceAndEndOfEachPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, unused bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
		p := New(Options{Log: log, Out: &unused, Terminal: true})
		p.Phase("reading", 3_400_000_000, Bytes)
		p.Note("41k rows")
		pass(500 * time.Millisecond)
		for second := int64(1); second <= 34; second++ {
			p.Advance(second * 39_000_000)
			pass(time.Second)
		}
		p.Say("waiting 5s")
		p.Advance(3_400_000_000)
		p.Phase("merges", 0, Operations)
		p.Advance(4)
		p.Phase("events", 100, Bytes)
		p.Done()
		p.Phase("events", 0, Operations)
		p.Total(200, true)
		p.Done()
		want := `{"level":"INFO","msg":"reading","state":"began","unit":"bytes","total":3400000000}
{"level":"INFO","msg":"reading","state":"under way","unit":"bytes","total":3400000000,"done":1170000000,"seconds":30,"note":"41k rows","per_second":39000000,"left_seconds":57.179}
{"level":"INFO","msg":"waiting 5s"}
{"level":"INFO","msg":"reading","state":"done","unit":"bytes","total":3400000000,"done":3400000000,"seconds":34.5,"note":"41k rows"}
{"level":"INFO","msg":"merges","state":"began","unit":"operations"}
{"level":"INFO","msg":"merges","state":"done","unit":"operations","done":4,"seconds":0}
{"level":"INFO","msg":"events","state":"began","unit":"bytes","total":100}
{"level":"INFO","msg":"events","state":"stopped","unit":"bytes","total":100,"done":0,"seconds":0}
{"level":"INFO","msg":"events","state":"began","unit":"operations"}
{"level":"INFO","msg":"events","state":"stopped","unit":"operations","total":200,"estimate":true,"done":0,"seconds":0}
`
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("records differ (-want +got):\n%s", diff)
		}
		if unused.Len() > 0 {
			t.Errorf("it also wrote %q", unused.String())
		}
		out.Reset()
		quiet := New(Options{Log: log, Quiet: true})
		quiet.Phase("reading", 1, Bytes)
		quiet.Say("a word")
		quiet.Done()
		if out.Len() > 0 {
			t.Errorf("quiet, and wrote %q", out.String())
		}
	})
}
