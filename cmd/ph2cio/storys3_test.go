package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/testkit/fakestore"
	"ph2cio/internal/testkit/s3server"
)

// The credentials of S3, which must not appear in any output.
const (
	canaryS3Key    = "AKIDCANARY4F20"
	canaryS3Secret = "canary-secret-7d31c0"
	canaryS3Token  = "canary-token-0b66fe"
)

// s3 [-region REGION] [DIR]: starts a server whose buckets are the directories in DIR, by default the story's
// own, and lets the program use it. It is a real one if one is installed: then the condition reals3 holds.
func startS3(ts *testscript.TestScript, _ bool, args []string) {
	dir, region := ".", ""
	if len(args) > 1 && args[0] == "-region" {
		region, args = args[1], args[2:]
	}
	if len(args) > 0 {
		dir = args[0]
	}
	s3Store.start(ts, newS3(ts, ts.MkAbs(dir), region))
	token := canaryS3Token
	if s3server.Found() {
		token = "" // it refuses all tokens
	}
	for name, value := range fakestore.S3Environment(canaryS3Key, canaryS3Secret, token) {
		ts.Setenv(name, value)
	}
}

// newS3 returns a server whose buckets are the directories in dir.
func newS3(ts *testscript.TestScript, dir, region string) http.Handler {
	if !s3server.Found() {
		return &fakestore.S3{Objects: fakestore.Directory(dir), Key: canaryS3Key, Page: 3}
	}
	own, err := os.MkdirTemp("", "ph2cio-s3-") // not in the story's, which is searched for secrets
	ts.Check(err)
	ts.Defer(func() { _ = os.RemoveAll(own) })
	server, stop, err := s3server.Run(s3server.Options{Dir: own, Key: canaryS3Key, Secret: canaryS3Secret, Region: region})
	ts.Check(err)
	ts.Defer(stop)
	return s3server.NewMirror(server, dir)
}

// samejson FILE OTHER OLD=NEW...: fails unless two documents of --json say the same, apart from how long it
// took and the command to type next, which has the arguments of each, once OLD is written NEW in the second.
func sameJSON(ts *testscript.TestScript, _ bool, args []string) {
	read := func(name string) (text string) {
		for line := range strings.Lines(ts.ReadFile(name)) {
			if !strings.Contains(line, "\"seconds\"") && !strings.Contains(line, "\"next\"") {
				text += line
			}
		}
		return text
	}
	first, second := read(args[0]), read(args[1])
	for _, pair := range args[2:] {
		old, written, _ := strings.Cut(pair, "=")
		second = strings.ReplaceAll(second, old, written)
	}
	if first == second {
		return
	}
	a, b := strings.Split(first, "\n"), strings.Split(second, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			ts.Fatalf("%s and %s differ in line %d:\n%s\n%s", args[0], args[1], i+1, a[i], b[i])
		}
	}
	ts.Fatalf("%s and %s differ in length", args[0], args[1])
}

// asdisk DIR [people|events]: fails unless the sandbox holds what a backfill of the directory leaves in a new
// one: the same people and events, or only one of them.
func asDisk(ts *testscript.TestScript, _ bool, args []string) {
	compared := []string{"people", "events"}
	if len(args) > 1 {
		compared = args[1:]
	}
	got := map[string]string{}
	for _, what := range compared {
		got[what] = normal(ts, what, nil)
	}
	url := ts.Getenv("CUSTOMERIO_TRACK_URL")
	startSandbox(ts, false, nil)
	state := filepath.Join(".asdisk", ts.Getenv("SANDBOX_ADDRESS")) // a new one
	ts.Check(ts.Exec("ph2cio", "backfill", "--yes", "--quiet", "--state", strings.ReplaceAll(state, ":", "-"), args[0]))
	for what, text := range got {
		if want := normal(ts, what, nil); text != want || want == "" {
			ts.Fatalf("%s: the sandbox holds\n%s\nand after a backfill of %s\n%s", what, text, args[0], want)
		}
	}
	ts.Setenv("CUSTOMERIO_TRACK_URL", url)
}
