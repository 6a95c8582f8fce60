package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/testkit/fakestore"
)

// storeVariable is the variable of a story that has the URL of its store, for the program.
type storeVariable string

const (
	s3Store    storeVariable = "PH2CIO_S3_ENDPOINT"
	azureStore storeVariable = "PH2CIO_AZURE_ENDPOINT"
)

// storeServers has the stores of all stories, by URL.
var storeServers sync.Map

// start starts a server until the story ends, behind a proxy that can make requests fail.
func (v storeVariable) start(ts *testscript.TestScript, store http.Handler) {
	s := &fakestore.Proxy{Server: store}
	server := httptest.NewServer(s)
	storeServers.Store(server.URL, s)
	ts.Defer(func() {
		storeServers.Delete(server.URL)
		server.Close()
	})
	ts.Setenv(string(v), server.URL)
}

// store returns the store of a story.
func (v storeVariable) store(ts *testscript.TestScript) *fakestore.Proxy {
	s, ok := storeServers.Load(ts.Getenv(string(v)))
	if !ok {
		ts.Fatalf("the story has no store at %s", string(v))
	}
	return s.(*fakestore.Proxy)
}

// storeRule is a rule of a story.
type storeRule struct {
	fakestore.Rule
	After string   // how long the request waits, as in 100ms
	Move  []string // a file and its new path, by which an object arrives, is replaced or goes before the request is answered
}

// s3faults and azfaults [JSON...]: replaces the faults of the server by these.
func (v storeVariable) setFaults(ts *testscript.TestScript, _ bool, args []string) {
	rules := make([]fakestore.Rule, len(args))
	for i, arg := range args {
		var one storeRule
		decoder := json.NewDecoder(strings.NewReader(arg))
		decoder.DisallowUnknownFields()
		ts.Check(decoder.Decode(&one))
		if one.After != "" {
			delay, err := time.ParseDuration(one.After)
			ts.Check(err)
			one.Delay = delay
		}
		if len(one.Move) == 2 {
			from, to := ts.MkAbs(one.Move[0]), ts.MkAbs(one.Move[1])
			one.Before = func() { _ = os.Rename(from, to) } // the story fails without it
		}
		rules[i] = one.Rule
	}
	v.store(ts).Fail(fakestore.Rules(rules))
}

// s3counts and azcounts: print the requests that the server got since the last time, and the bytes of objects
// that it sent.
func (v storeVariable) printCounts(ts *testscript.TestScript, _ bool, _ []string) {
	n := v.store(ts).TakeCounts()
	fmt.Fprintf(ts.Stdout(), "lists %d heads %d gets %d bytes %d\n", n.Lists, n.Heads, n.Gets, n.Bytes)
}
