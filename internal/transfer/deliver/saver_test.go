package deliver

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// moments records when saves began, counted from the start.
type moments struct {
	lock sync.Mutex
	at   []time.Duration
}

// saves starts a saver in a bubble whose saves take a while.
func saves(takes time.Duration) (*saver, *moments) {
	start, began := time.Now(), &moments{}
	return startSaver(func() error {
		began.lock.Lock()
		began.at = append(began.at, time.Since(start))
		began.lock.Unlock()
		time.Sleep(takes)
		return nil
	}), began
}

// check checks that saves began at these moments and at no others.
func (m *moments) check(t *testing.T, want ...time.Duration) {
	t.Helper()
	synctest.Wait()
	m.lock.Lock()
	defer m.lock.Unlock()
	if !slices.Equal(m.at, want) {
		t.Fatalf("saved at %v, want %v", m.at, want)
	}
}

func TestSavesEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := saves(0)
		defer s.end()
		time.Sleep(3500 * time.Millisecond)
		began.check(t, time.Second, 2*time.Second, 3*time.Second)
	})
}

func TestSavesTogetherWithin10Milliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := saves(0)
		defer s.end()
		s.saveSoon()
		time.Sleep(5 * time.Millisecond)
		s.saveSoon() // asked for while the saver waits: there is another save
		time.Sleep(4 * time.Millisecond)
		began.check(t)
		time.Sleep(time.Millisecond)
		began.check(t, 10*time.Millisecond)
		time.Sleep(500 * time.Millisecond)
		began.check(t, 10*time.Millisecond, 20*time.Millisecond)
	})
}

func TestSavesImmediatelyForWhoIsBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := saves(0)
		defer s.end()
		s.saveNow()
		began.check(t, 0)
		s.saveSoon()
		time.Sleep(3 * time.Millisecond)
		s.saveNow() // it ends the 10 ms early
		began.check(t, 0, 3*time.Millisecond)
	})
}

// TestARequestDuringASaveIsNotLost asks for a save while another one is under way, which may have begun
// before what is to be saved.
func TestARequestDuringASaveIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := saves(50 * time.Millisecond)
		defer s.end()
		s.saveNow()
		time.Sleep(20 * time.Millisecond)
		s.saveNow()
		s.saveNow()
		time.Sleep(130 * time.Millisecond)
		began.check(t, 0, 50*time.Millisecond)
	})
}

func TestTheEndSavesOnceMore(t *testing.T) {
	for name, before := range map[string]func(s *saver){
		"at rest":               func(*saver) {},
		"while it waits 10 ms":  func(s *saver) { s.saveSoon(); time.Sleep(time.Millisecond) },
		"while a save is asked": func(s *saver) { s.saveNow() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, began := saves(time.Millisecond)
				before(s)
				ended := time.Now()
				s.end()
				if n := len(began.at); n == 0 || n > 2 {
					t.Errorf("saved %d times", n)
				}
				if took := time.Since(ended); took > 3*time.Millisecond {
					t.Errorf("ended after %s", took)
				}
			})
		})
	}
}

func TestNothingIsSavedAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := startSaver(func() error { n++; return errors.New("disk full") })
		s.saveNow()
		time.Sleep(5 * time.Second)
		s.saveNow()
		s.saveSoon()
		s.end()
		if n != 1 {
			t.Errorf("tried %d times, want 1", n)
		}
	})
}

func TestNoSaver(t *testing.T) {
	var s *saver
	s.saveNow()
	s.saveSoon()
	s.end()
}
