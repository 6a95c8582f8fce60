package main

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/azurite"
)

// newAzureRun returns a run that reads from a server, and sends to url.
func newAzureRun(t *testing.T, server *azurite.Server, url string) *run {
	r := newRun(t, url)
	r.environment["PH2CIO_AZURE_ENDPOINT"] = server.URL
	maps.Copy(r.environment, server.Environment())
	return r
}

// TestPreviewOfAContainer compares what is said of blobs in azurite with what is said of the same files on
// disk: blobs of every kind that is read, and small ones with odd names. azurite takes a backslash in a name
// for a slash.
func TestPreviewOfAContainer(t *testing.T) {
	notWithRace(t)
	server := azurite.Start(t)
	r := newAzureRun(t, server, "")
	files := map[string][]byte{}
	for name, data := range kindsOfFiles(t) {
		files["posthog/"+name] = data
	}
	for n, odd := range oddNames {
		if odd != "\\" {
			files[fmt.Sprintf("posthog/odd/%04d %s.jsonl", n, odd)] = fmt.Appendf(nil,
				`{"uuid":"019cb84c-40bc-7204-b360-%012x","event":"Order","distinct_id":"user_%d","timestamp":"2026-03-04T10:02:11Z","properties":{"n":%d}}`+"\n", n, n, n)
		}
	}
	for name, data := range files {
		r.write(name, string(data))
	}
	server.PutAll(t, files)
	for _, args := range [][]string{
		{"preview", "posthog", "--quiet", "--json", "--fresh", "--limit", "0"},
		{"inspect", "posthog", "--quiet", "--json"},
		{"explain", "posthog", "--quiet", "--id", "user_5"},
	} {
		onDisk := r.run(args...)
		args[1] = azurite.Prefix + args[1]
		inContainer := r.run(args...)
		want, got := words(onDisk), words(inContainer)
		if onDisk.code != inContainer.code || want != got || len(want) < 500 {
			t.Errorf("%s: on disk: exit code %d\n%s\nin the container: exit code %d\n%s%s", args[0], onDisk.code, beside(want, got), inContainer.code, beside(got, want), inContainer.stderr)
		}
		if strings.Contains(inContainer.String(), server.Key) {
			t.Error("the output has the key")
		}
	}
}

// TestNightsOverAContainer sends one night's blobs, then those that came in two more nights, and compares what
// Customer.io has then with what it has from the same files on disk.
func TestNightsOverAContainer(t *testing.T) {
	notWithRace(t)
	server := azurite.Start(t)
	var held [2][]string
	for i, source := range []string{"posthog", azurite.Prefix + "posthog"} {
		box, url := newBox(t, sandbox.Faults{})
		r := newAzureRun(t, server, url)
		for night := range 3 {
			for part := range 2 {
				name, rows := fmt.Sprintf("posthog/2026-03-%02d/events+%d.jsonl", night+1, part), syntheticRows(t, 100, uint64(10*night+part))
				r.write(name, rows)
				server.Put(t, name, []byte(rows), nil)
			}
			command := []string{"backfill", "--yes"}
			if night > 0 {
				command = []string{"sync"}
			}
			if got := r.run(append(command, "--quiet", "--settle", "0", "--state", "state", source)...); got.code != 0 && got.code != 3 { // some rows are rejected
				t.Fatalf("%s, night %d: exit code %d\n%s", source, night+1, got.code, got)
			}
		}
		held[i] = heldBy(box)
		if i == 1 {
			break
		}
		for night := range 3 {
			for part := range 2 {
				server.Delete(t, fmt.Sprintf("posthog/2026-03-%02d/events+%d.jsonl", night+1, part))
			}
		}
	}
	if diff := cmp.Diff(held[0], held[1]); diff != "" || len(held[0]) < 100 {
		t.Errorf("%d people and events, on disk and in the container:\n%s", len(held[0]), diff)
	}
}
