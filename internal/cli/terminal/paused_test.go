package terminal

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/transfer"
)

func TestPausedSaysWhatIsSentAndLeft(t *testing.T) {
	for _, test := range []struct {
		name string
		s    transfer.Summary
		want string
	}{
		{
			"all answered",
			transfer.Summary{Reached: transfer.Reached{People: 3306, AllPeople: 3306, Events: 9000, AllEvents: 46_962}, Next: "ph2cio backfill --rate 2 export/"},
			`Paused. 9,000 of 46,962 events sent, 0 lost, 0 in doubt.
Left:    37,962 events
Resume:  ph2cio backfill --rate 2 export/
`,
		},
		{
			"some without an answer",
			transfer.Summary{
				Reached: transfer.Reached{Events: 9000, AllEvents: 46_962, About: true}, Unsent: map[string]int64{"event": 90, "page": 10}, Unanswered: map[string]int64{"event": 40},
				Rows: transfer.Rows{Rejected: map[string]int64{"no_time": 4}}, Rejects: "state/rejects.jsonl", Next: "ph2cio sync",
			},
			`Paused. 9,000 of about 46,962 events sent, 0 lost, 40 in doubt.
Left:    about 37,962 events
Doubt:   40 events sent, no answer; safe to send again
Rejects: 4, in state/rejects.jsonl
Resume:  ph2cio sync
`,
		},
		{
			"among people",
			transfer.Summary{Reached: transfer.Reached{People: 1200, AllPeople: 3306, AllEvents: 1}},
			"Stopped. 1,200 of 3,306 people and 0 of 1 event sent, 0 lost, 0 in doubt.\nLeft:    2,106 people and 1 event\n",
		},
		{
			"between people and events",
			transfer.Summary{Reached: transfer.Reached{People: 294, AllPeople: 294, AllEvents: 15_653, About: true}, Next: "ph2cio backfill export/"},
			`Paused. 294 of 294 people and 0 of about 15,653 events sent, 0 lost, 0 in doubt.
Left:    about 15,653 events
Resume:  ph2cio backfill export/
`,
		},
		{
			"everything",
			transfer.Summary{Reached: transfer.Reached{Events: 5, AllEvents: 5}, Next: "ph2cio sync"},
			"Paused. 5 of 5 events sent, 0 lost, 0 in doubt.\nLeft:    nothing to send; resuming records that the run is done\nResume:  ph2cio sync\n",
		},
		{
			"people only",
			transfer.Summary{Reached: transfer.Reached{People: 1, AllPeople: 3}},
			"Stopped. 1 of 3 people sent, 0 lost, 0 in doubt.\nLeft:    2 people\n",
		},
	} {
		if diff := cmp.Diff(test.want, Paused(&test.s, Style{}, 80)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
