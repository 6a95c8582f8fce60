package deliver

import "time"

const (
	saveEvery = time.Second
	saveGap   = 10 * time.Millisecond // before a save that nobody is blocked for
)

// saver calls save on a goroutine of its own: once a second, and sooner when it is asked to. It ends at the
// first error of save. A nil saver saves nothing.
type saver struct {
	save         func() error
	urgent, soon chan struct{}
	quit, ended  chan struct{}
}

// startSaver starts the goroutine, which ends in end.
func startSaver(save func() error) *saver {
	s := &saver{
		save: save, urgent: make(chan struct{}, 1), soon: make(chan struct{}, 1),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go s.run()
	return s
}

// saveNow asks for a save without delay, since somebody is blocked until then.
func (s *saver) saveNow() {
	if s != nil {
		signal(s.urgent)
	}
}

// saveSoon asks for a save within saveGap.
func (s *saver) saveSoon() {
	if s != nil {
		signal(s.soon)
	}
}

// signal leaves a request unless there is one already.
func signal(request chan struct{}) {
	select {
	case request <- struct{}{}:
	default:
	}
}

// end saves once more and returns when that is done. After an error it only returns.
func (s *saver) end() {
	if s != nil {
		close(s.quit)
		<-s.ended
	}
}

func (s *saver) run() {
	defer close(s.ended)
	ticker := time.NewTicker(saveEvery)
	defer ticker.Stop()
	for last := false; !last; {
		select {
		case <-s.urgent:
		case <-s.soon:
			last = s.pause()
		case <-ticker.C:
		case <-s.quit:
			last = true
		}
		if s.save() != nil {
			return // after an error nothing more is certain
		}
	}
}

// pause waits for saveGap, so that more answers go into one checkpoint. It reports whether the saver is to
// end.
func (s *saver) pause() (ends bool) {
	timer := time.NewTimer(saveGap)
	defer timer.Stop()
	select {
	case <-s.urgent:
	case <-timer.C:
	case <-s.quit:
		return true
	}
	return false
}
