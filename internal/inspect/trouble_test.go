package inspect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/mapping"
	"ph2cio/internal/testkit/plans"
)

func TestInspectGoesOnAfterTrouble(t *testing.T) {
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, _ = zipper.Write([]byte(`{"event":"x","distinct_id":"u","timestamp":1772615727}` + "\n"))
	_ = zipper.Close()
	damaged := writeRows(t, "damaged.jsonl.gz", packed.String()+packed.String()[:packed.Len()/2])
	gone := writeRows(t, "gone.jsonl", "")
	plan := plans.New(t, mapping.Options{}, damaged, gone, plans.Samples+"not_events/events.orc", plans.Samples+"acornly_events.jsonl")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	in := inspect(t, plan)
	var got []string
	for _, f := range in.Files {
		got = append(got, fmt.Sprint(filepath.Base(f.Path), " ", f.Rows, " ", f.State))
	}
	want := []string{"damaged.jsonl.gz 1 damaged", "gone.jsonl 0 missing", "events.orc 0 refused", "acornly_events.jsonl 15 good"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !in.Troubled() {
		t.Error("no trouble")
	}
}

// TestInspectForgetsRowsOfADamagedPart has a file of which a checksum shows only at the end that a part is
// damaged. The rows of that part must not be counted.
func TestInspectForgetsRowsOfADamagedPart(t *testing.T) {
	good, bad := gzipMember(t, syntheticText(t, 400)), gzipMember(t, syntheticText(t, 12_000))
	bad[len(bad)-8] ^= 1
	in := inspect(t, plans.New(t, mapping.Options{}, writeRows(t, "damaged.jsonl.gz", string(good)+string(bad))))
	var rows int64
	for _, e := range in.Events {
		rows += e.Rows
	}
	if rows != 400 || in.Files[0].Rows != 400 || in.Rows.Read != 400 || in.Files[0].State != "damaged" {
		t.Errorf("%d rows by events, %d read, %+v", rows, in.Rows.Read, in.Files[0])
	}
}
