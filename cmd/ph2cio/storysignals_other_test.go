//go:build !unix

package main

import "github.com/rogpeppe/go-internal/testscript"

// The stories with these commands are skipped on systems without signals.
func signals(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("there are no signals here") }

func closes(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("there is no SIGPIPE here") }

func stops(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("there are no signals here") }
