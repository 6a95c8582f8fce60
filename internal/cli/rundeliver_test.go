package cli

import (
	"errors"
	"testing"

	"ph2cio/internal/transfer"
)

// TestTheTitleSaysWhetherAnythingWasSent has a run of which everything was rejected.
func TestTheTitleSaysWhetherAnythingWasSent(t *testing.T) {
	to := &destination{base: "http://x"}
	to.workspace.EnvironmentID, to.workspace.Region = 1, "us"
	for _, test := range []struct {
		summary transfer.Summary
		failed  error
		want    string
	}{
		{transfer.Summary{Accepted: map[string]int64{"event": 1}}, nil, "Sent to workspace 1 (us, http://x)."},
		{transfer.Summary{Accepted: map[string]int64{"identify": 1}, Interrupted: true}, nil, "Sent to workspace 1 (us, http://x) before it stopped."},
		{transfer.Summary{Refused: map[string]int64{"event": 2}}, nil, "Sent nothing to workspace 1 (us, http://x)."},
		{transfer.Summary{Interrupted: true}, nil, "Sent nothing to workspace 1 (us, http://x) before it stopped."},
		{transfer.Summary{Accepted: map[string]int64{"event": 1}}, errors.New("the API is gone"), "Sent to workspace 1 (us, http://x) before it failed."},
	} {
		if got := sentTitle(&test.summary, to, test.failed); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
