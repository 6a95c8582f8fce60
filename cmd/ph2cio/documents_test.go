package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/testkit/schemacheck"
)

// documentsVariable names the file to which programs that stories start append each document of --json as a line.
const documentsVariable = "TEST_DOCUMENTS"

func keepDocument(path string, document any) {
	text, err := json.Marshal(document)
	if err == nil {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
			_, err = file.Write(append(text, '\n'))
			err = errors.Join(err, file.Close())
		}
	}
	if err != nil {
		panic(err)
	}
}

// unseenMembers are members of the schema that no document of the stories has, and why: that tests of package cli have one, or what it would
// take to write one.
func unseenMembers(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/unseen_members.txt")
	if err != nil {
		t.Error(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		member, why, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || why == "" {
			t.Errorf("unseen_members.txt: %q says no why", line)
		}
		all[member] = why
	}
	return all
}

// checkDocuments checks all documents that the stories wrote by the schema that the program prints, and that all of
// the schema was in some document.
func checkDocuments(t *testing.T, path string) {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Error(err)
		return
	}
	text, err := exec.Command(program, "help", "json-schema").Output()
	if err != nil {
		t.Error(err)
		return
	}
	schema, err := schemacheck.New(text)
	if err != nil {
		t.Error(err)
		return
	}
	all, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // stories that were chosen may write none
		t.Error(err)
	}
	for line := range bytes.Lines(all) {
		if err := schema.Check(line); err != nil {
			t.Errorf("a document does not fit `ph2cio help json-schema`: %v\n%s", err, line)
		}
	}
	if only := flag.Lookup("test.run").Value.String(); only != "" && only != "TestScripts" || runtime.GOOS != "linux" || t.Failed() {
		return // not all stories were run
	}
	unseen, listed := schema.Unseen(), unseenMembers(t)
	for _, member := range unseen {
		if listed[member] == "" {
			t.Errorf("no story has a document with %s: write one, or say why in testdata/unseen_members.txt", member)
		}
	}
	for member := range listed {
		if !slices.Contains(unseen, member) {
			t.Errorf("a story has a document with %s: delete it from testdata/unseen_members.txt", member)
		}
	}
}
