//go:build unix

package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"ph2cio/internal/testkit/fakestore"
)

// TestADumpOfARunHasNoSecrets stops a run, while an object is fetched, with the signal that makes Go print all
// goroutines as a panic does.
func TestADumpOfARunHasNoSecrets(t *testing.T) {
	objects := &fakestore.Memory{}
	objects.Put("rows.jsonl", []byte(oneRow))
	asked := make(chan struct{}, 10)
	proxy := &fakestore.Proxy{Server: &fakestore.S3{Objects: objects, Key: canaryS3Key}}
	proxy.Fail(fakestore.Rules([]fakestore.Rule{{
		Method: http.MethodGet, Fault: fakestore.Fault{PerByte: 10 * time.Millisecond, Before: func() { asked <- struct{}{} }},
	}}))
	server := httptest.NewServer(proxy)
	defer server.Close()
	r := newRun(t, "")
	maps.Copy(r.environment, fakestore.S3Environment(canaryS3Key, canaryS3Secret, canaryS3Token))
	r.environment["PH2CIO_S3_ENDPOINT"], r.environment["GOTRACEBACK"] = server.URL, "system"
	c, stdout, stderr := r.command("preview", "-v", "s3://bucket/rows.jsonl")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Error("no object was asked for")
	}
	if err := c.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Error(err)
	}
	_ = c.Wait() // which reports the exit code
	said := stdout.String() + stderr.String()
	if !strings.Contains(said, "goroutine ") || !strings.Contains(said, "objectstore") {
		t.Errorf("it printed no goroutines of a run that reads objects:\n%s", said)
	}
	for _, canary := range []string{canarySite, canaryKey, canaryS3Key, canaryS3Secret, canaryS3Token} {
		if strings.Contains(said, canary) {
			t.Errorf("it printed %q:\n%s", canary, said)
		}
	}
}
