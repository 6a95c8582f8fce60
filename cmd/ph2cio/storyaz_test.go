package main

import (
	"github.com/rogpeppe/go-internal/testscript"

	"ph2cio/internal/testkit/fakestore"
)

// The credentials of Azure, which must not appear in any output.
const (
	canaryAzureKey = "Y2FuYXJ5LWF6dXJlLWtleS01ZDE5"
	canaryAzureSig = "canary-sig-88f0c2"
)

// az [DIR]: starts a server with one storage account, "account". Its containers are the directories in DIR, by
// default the story's own. Lets the program use it, by the account's key.
func startAzure(ts *testscript.TestScript, _ bool, args []string) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	azureStore.start(ts, &fakestore.Azure{
		Objects: fakestore.Directory(ts.MkAbs(dir)), Account: "account", Signature: canaryAzureSig, Page: 3, Folders: []string{"posthog/folder"},
	})
	for name, value := range fakestore.AzureEnvironment("", canaryAzureKey, "") {
		ts.Setenv(name, value)
	}
	ts.Setenv("SAS", "sv=2026-02-06&sr=c&sp=rl&sig="+canaryAzureSig)
}
