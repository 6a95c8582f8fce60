package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/testkit/fakestore"
)

// The credentials of S3, which must not appear in any output.
const (
	canaryS3Key    = "AKIDCANARY4F20"
	canaryS3Secret = "canary-secret-7d31c0"
	canaryS3Token  = "canary-token-0b66fe"
)

// s3Servers has the servers of all stories, by URL.
var s3Servers sync.Map

// s3 [DIR]: starts a server whose buckets are the directories in DIR, by default the story's own, and lets
// the program use it.
func startS3(ts *testscript.TestScript, _ bool, args []string) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	s := &fakestore.Proxy{Server: &fakestore.S3{Objects: fakestore.Directory(ts.MkAbs(dir)), Key: canaryS3Key, Page: 3}}
	server := httptest.NewServer(s)
	s3Servers.Store(server.URL, s)
	ts.Defer(func() {
		s3Servers.Delete(server.URL)
		server.Close()
	})
	ts.Setenv("PH2CIO_S3_ENDPOINT", server.URL)
	for name, value := range fakestore.S3Environment(canaryS3Key, canaryS3Secret, canaryS3Token) {
		ts.Setenv(name, value)
	}
}

func s3Of(ts *testscript.TestScript) *fakestore.Proxy {
	s, ok := s3Servers.Load(ts.Getenv("PH2CIO_S3_ENDPOINT"))
	if !ok {
		ts.Fatalf("the story has no S3 server")
	}
	return s.(*fakestore.Proxy)
}

// s3faults [JSON...]: replaces the faults of the server by these.
func setS3Faults(ts *testscript.TestScript, _ bool, args []string) {
	rules := make([]fakestore.Rule, len(args))
	for i, arg := range args {
		ts.Check(json.Unmarshal([]byte(arg), &rules[i]))
	}
	s3Of(ts).Fail(fakestore.Rules(rules))
}

// s3counts: prints the requests that the server got since the last time, and the bytes of objects that it
// sent.
func printS3Counts(ts *testscript.TestScript, _ bool, _ []string) {
	n := s3Of(ts).TakeCounts()
	fmt.Fprintf(ts.Stdout(), "lists %d heads %d gets %d bytes %d\n", n.Lists, n.Heads, n.Gets, n.Bytes)
}

// samejson FILE OTHER OLD=NEW...: fails unless two documents of --json say the same, apart from how long it
// took, once OLD is written NEW in the second.
func sameJSON(ts *testscript.TestScript, _ bool, args []string) {
	read := func(name string) (text string) {
		for line := range strings.Lines(ts.ReadFile(name)) {
			if !strings.Contains(line, "\"seconds\"") {
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
