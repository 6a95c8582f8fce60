//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"ph2cio/internal/sandbox"
)

// screenBox is the workspace that the programs of a story send to.
type screenBox struct {
	*gate
	box *sandbox.Sandbox
	url string
}

// smallRequests are settings with which a small export takes some requests, and the same ones in each run.
const smallRequests = "PH2CIO_RATE=40\nPH2CIO_CONCURRENCY=2\nPH2CIO_BATCH_ITEMS=50\n"

// startBox starts a sandbox whose clock is the programs', and writes the file of settings that lead there.
func (s *screens) startBox(faults sandbox.Faults) *screenBox {
	s.t.Helper()
	clock := s.environment[clockVariable]
	box := sandbox.New(sandbox.Options{
		SiteID: canarySite, APIKey: canaryKey, Faults: faults, Clock: func() time.Time { return readClock(clock) },
	})
	b := &screenBox{gate: &gate{box: box}, box: box}
	server, err := sandbox.Start(b.gate, "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	b.url = server.URL()
	s.t.Cleanup(func() {
		b.open(true)
		_ = server.Close()
	})
	settings := fmt.Sprintf("CUSTOMERIO_TRACK_URL=%s\nCUSTOMERIO_SITE_ID=%s\nCUSTOMERIO_API_KEY=%s\n", b.url, canarySite, canaryKey) + smallRequests
	if err := os.WriteFile(filepath.Join(s.dir, ".env"), []byte(settings), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return b
}

// holdAfter lets those requests pass that are held back, and so many more.
func (b *screenBox) holdAfter(more int) {
	b.lock.Lock()
	defer b.lock.Unlock()
	close(b.held)
	b.left, b.held = more, make(chan struct{})
}

// untilHeld waits until so many requests were answered in all, the next ones are held back, and the terminal shows that.
func (b *screenBox) untilHeld(w *window, requests int64) {
	w.t.Helper()
	w.wait("request "+strconv.FormatInt(requests, 10), func() bool { return b.box.Stats().Requests >= requests })
	w.untilQuiet()
}
