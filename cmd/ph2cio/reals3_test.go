package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/testkit/azurite"
	"ph2cio/internal/testkit/packing"
	"ph2cio/internal/testkit/s3server"
)

// oddNames are parts of keys that some program on the way might change. \x01 and \xff are not among them,
// because versitygw has U+FFFD for them in its lists; tests have them with the fake server.
var oddNames = []string{
	"2026-03-04T09:00:00+00:00", "a b", "a+b", "a%20b", "a%2Fb", "100%", "%", `"`, "'", "`$(x)`", "é", "e\u0301", "ß/ü", "日本", "😀", "👩‍👩‍👧", "\u202eltr", "\ufeff",
	"&amp;", "a&b=c?d#e", ";", "@", "~", "^", "|", "*[x]{y}!", "<>", ",", "=", "\\", "new\nline", "tab\t", "\x7f", "\u0085", "\u2028", " ", "$event", strings.Repeat("é", 100),
}

// TestPreviewOfARealBucket compares what is said of 2,000 objects in a real server of S3 with what is said of
// the same files on disk: objects of every kind that is read, and small ones with odd names.
func TestPreviewOfARealBucket(t *testing.T) {
	notWithRace(t)
	server := s3server.Start(t)
	r := newRun(t, "")
	r.environment["PH2CIO_S3_ENDPOINT"] = server.URL
	maps.Copy(r.environment, server.Environment())
	files := map[string][]byte{}
	for name, data := range kindsOfFiles(t) {
		files["posthog/kinds/"+name] = data
	}
	for n := 0; len(files) < 2000; n++ {
		dir := "posthog/small/"
		if n < 2*len(oddNames) {
			dir = "posthog/kinds/odd/"
		}
		files[fmt.Sprintf("%s%04d %s.jsonl", dir, n, oddNames[n%len(oddNames)])] = fmt.Appendf(nil,
			`{"uuid":"019cb84c-40bc-7204-b360-%012x","event":"Order","distinct_id":"user_%d","timestamp":"2026-03-04T10:02:11Z","properties":{"$set":{"email":"a%d@example.com"},"n":%d}}`+"\n", n, n%700, n%700, n)
	}
	for name, data := range files {
		r.write(name, string(data))
	}
	server.PutAll(t, files)

	for _, args := range [][]string{
		{"preview", "posthog", "--quiet", "--json", "--fresh", "--limit", "0"},
		{"inspect", "posthog/kinds", "--quiet", "--json"},
		{"explain", "posthog/kinds", "--quiet", "--id", "user_5"},
	} {
		t.Run(args[0], func(t *testing.T) {
			onDisk := r.run(args...)
			args[1] = "s3://" + s3server.Bucket + "/" + args[1]
			inBucket := r.run(args...)
			want, got := words(onDisk), words(inBucket)
			if onDisk.code != inBucket.code || want != got || len(want) < 1000 {
				t.Errorf("on disk: exit code %d\n%s\nin the bucket: exit code %d\n%s", onDisk.code, beside(want, got), inBucket.code, beside(got, want))
			}
			if text := inBucket.String(); strings.Contains(text, server.Key) || strings.Contains(text, server.Secret) {
				t.Error("the output has the credentials")
			}
		})
	}
}

// kindsOfFiles has files of all formats and compressions, by name.
func kindsOfFiles(t *testing.T) map[string][]byte {
	files := splitExports(t)
	files["empty.jsonl"] = nil
	for i, p := range packing.All {
		files["packed/é "+p.Name+".jsonl"] = p.Pack(t, []byte(syntheticRows(t, 200, uint64(i))), 40_000)
	}
	for _, path := range []string{
		"exports/clickhouse_events.csv", "exports/hogql_events.csv", "exports/ui_events_star.csv", "cases/utf16-tabs.tsv", "exports/capture_batch.json",
		"parquet/typed_zstd.parquet", "parquet/many_zstd.parquet", "parquet/many_v2_zstd.parquet",
	} {
		files[path] = testFile(t, path)
	}
	for _, codec := range []string{"uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"} {
		files["parquet/events.parquet."+codec] = testFile(t, "parquet/events_"+codec+".parquet")
		files["parquet/v2 "+codec] = testFile(t, "parquet/events_v2_"+codec+".parquet")
	}
	return files
}

// splitExports are exports of several files with a manifest, the last of which names a file that is missing.
func splitExports(t *testing.T) map[string][]byte {
	files := map[string][]byte{}
	for export := range 3 {
		var names []string
		start := fmt.Sprintf("2026-03-%02dT09:00:00+00:00-2026-03-%02dT10:00:00+00:00", export+1, export+1)
		for part := range 3 {
			name := fmt.Sprintf("%s-%d.jsonl.gz", start, part)
			names = append(names, `"posthog/split/`+name+`"`)
			if export < 2 || part > 0 {
				files["split/"+name] = packing.Gzip(t, []byte(syntheticRows(t, 100, uint64(100+10*export+part))), 2000)
			}
		}
		files["split/"+start+"_manifest.json"] = []byte(`{"files":[` + strings.Join(names, ",") + `]}`)
	}
	return files
}

// testFile reads a file of testdata.
func testFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// words are those of a document, a line each, without how long the run took, and when and where the sources
// were written.
func words(r runResult) string {
	text := regexp.MustCompile(`"(seconds|since)": .*`).ReplaceAllString(r.stdout, "")
	text = strings.NewReplacer("s3://"+s3server.Bucket+"/", "", azurite.Prefix, "").Replace(text)
	return strings.Join(strings.Fields(text), "\n")
}

// beside returns the lines of a text that another does not have.
func beside(text, other string) string {
	lines := slices.Collect(strings.Lines(text))
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(other, line) })
	return strings.Join(lines[:min(len(lines), 40)], "")
}
