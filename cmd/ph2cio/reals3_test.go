package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ph2cio/internal/testkit/s3server"
)

// TestPreviewOfARealBucket compares the preview of objects, in a real server of S3, with that of the same
// files.
func TestPreviewOfARealBucket(t *testing.T) {
	server := s3server.Start(t)
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir, exports := t.TempDir(), "../../testdata/"
	for key, from := range map[string]string{
		"posthog/2026-03-04/2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-0.jsonl.gz": "exports/acornly_events.jsonl.gz",
		"posthog/2026-03-04/2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-1.jsonl.gz": "exports/acornly_events_member_per_row.jsonl.gz",
		"posthog/a b%20c+d&=?#é.jsonl":       "exports/clickhouse_events.jsonl",
		"posthog/parquet/events.parquet.zst": "parquet/events_zstd.parquet",
		"posthog/parquet/many.parquet":       "parquet/many_zstd.parquet",
		"posthog/empty.jsonl":                "",
	} {
		copyTo(t, filepath.Join(dir, filepath.FromSlash(key)), exports, from)
	}
	for n := range 1100 { // more than a page of a list
		copyTo(t, filepath.Join(dir, "posthog", "small", fmt.Sprintf("%04d+%d.jsonl", n, n)), exports, "cases/shared-uuid.jsonl")
	}
	manifest := `{"files":["2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-0.jsonl.gz","2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00-1.jsonl.gz"]}`
	if err := os.WriteFile(filepath.Join(dir, "posthog/2026-03-04/2026-03-04T09:00:00+00:00-2026-03-04T10:00:00+00:00_manifest.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	server.PutDirectory(t, "", dir)

	preview := func(source string) string {
		c := exec.Command(program, "preview", "--quiet", "--json", "--fresh", "--limit", "0", source)
		c.Dir, c.Env = dir, append(os.Environ(), "PH2CIO_S3_ENDPOINT="+server.URL)
		for name, value := range server.Environment() {
			c.Env = append(c.Env, name+"="+value)
		}
		var said strings.Builder
		c.Stderr = &said
		text, err := c.Output()
		if err != nil && c.ProcessState.ExitCode() != 3 { // some rows of the Parquet files are rejected
			t.Fatalf("%s: %v\n%s", source, err, said.String())
		}
		if all := string(text) + said.String(); strings.Contains(all, server.Key) || strings.Contains(all, server.Secret) {
			t.Error("the output has the credentials")
		}
		return regexp.MustCompile(`"seconds": .*`).ReplaceAllString(string(text), "")
	}
	onDisk := preview("posthog")
	inBucket := strings.ReplaceAll(preview("s3://"+s3server.Bucket+"/posthog"), "s3://"+s3server.Bucket+"/", "")
	if onDisk != inBucket {
		t.Errorf("on disk:\n%.4000s\nin the bucket:\n%.4000s", onDisk, inBucket)
	}
}

// copyTo copies a file below dir, or makes an empty one.
func copyTo(t *testing.T, to, dir, from string) {
	t.Helper()
	var text []byte
	var err error
	if from != "" {
		text, err = os.ReadFile(filepath.Join(dir, from))
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o700)
	}
	if err == nil {
		err = os.WriteFile(to, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
