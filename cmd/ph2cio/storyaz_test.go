package main

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/testkit/fakestore"
)

// The credentials of Azure, which must not appear in any output.
const (
	canaryAzureKey = "Y2FuYXJ5LWF6dXJlLWtleS01ZDE5"
	canaryAzureSig = "canary-sig-88f0c2"
)

// azServers has the servers of all stories, by URL.
var azServers sync.Map

// az [DIR]: starts a server with one storage account, "account". Its containers are the directories in DIR, by
// default the story's own. Lets the program use it, by the account's key.
func startAzure(ts *testscript.TestScript, _ bool, args []string) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	a := &fakestore.Proxy{Server: &fakestore.Azure{
		Objects: fakestore.Directory(ts.MkAbs(dir)), Account: "account", Signature: canaryAzureSig, Page: 3, Folders: []string{"posthog/folder"},
	}}
	server := httptest.NewServer(a)
	azServers.Store(server.URL, a)
	ts.Defer(func() {
		azServers.Delete(server.URL)
		server.Close()
	})
	ts.Setenv("PH2CIO_AZURE_ENDPOINT", server.URL)
	for name, value := range fakestore.AzureEnvironment("", canaryAzureKey, "") {
		ts.Setenv(name, value)
	}
	ts.Setenv("SAS", "sv=2026-02-06&sr=c&sp=rl&sig="+canaryAzureSig)
}

func azureOf(ts *testscript.TestScript) *fakestore.Proxy {
	a, ok := azServers.Load(ts.Getenv("PH2CIO_AZURE_ENDPOINT"))
	if !ok {
		ts.Fatalf("the story has no server of Azure's")
	}
	return a.(*fakestore.Proxy)
}

// azfaults [JSON...]: replaces the faults of the server by these.
func setAzureFaults(ts *testscript.TestScript, _ bool, args []string) {
	rules := make([]fakestore.Rule, len(args))
	for i, arg := range args {
		ts.Check(json.Unmarshal([]byte(arg), &rules[i]))
	}
	azureOf(ts).Fail(fakestore.Rules(rules))
}

// azcounts: prints the requests that the server got since the last time, and the bytes of objects that it
// sent.
func printAzureCounts(ts *testscript.TestScript, _ bool, _ []string) {
	n := azureOf(ts).TakeCounts()
	fmt.Fprintf(ts.Stdout(), "lists %d heads %d gets %d bytes %d\n", n.Lists, n.Heads, n.Gets, n.Bytes)
}
