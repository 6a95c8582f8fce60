package inspect

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/testkit/plans"
	"ph2cio/internal/testkit/synthetic"
	"ph2cio/internal/transfer"
)

func inspect(t *testing.T, plan *plans.Plan) *Result {
	t.Helper()
	in, err := Run(t.Context(), plan.Input, plan.Rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// preview returns the summary of a run that sends nothing.
func preview(t *testing.T, plan *plans.Plan) *transfer.Summary {
	t.Helper()
	first, err := transfer.RunFirstPass(t.Context(), plan.Input, plan.Rules)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	summary, err := transfer.Send(t.Context(), first, transfer.DryRun(nil))
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func writeRows(t *testing.T, name string, rows ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// syntheticText returns generated rows.
func syntheticText(t *testing.T, rows int64) []byte {
	t.Helper()
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Rows: rows, People: 50, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func gzipMember(t *testing.T, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
