package deliver

import "time"

const (
	saveEvery = time.Second
	saveGap   = 10 * time.Millisecond // between saveSoon and the save
)

// saver owns a goroutine that calls save: once a second, and earlier if saveNow or saveSoon is called. The
// goroutine ends in end, or at the first error of save. A nil saver saves nothing.
type saver struct {
	save         func() error
	urgent, soon chan struct{}
	quit, ended  chan struct{}
}

// startSaver starts the goroutine. end must be called.
func startSaver(save func() error) *saver {
	s := &saver{
		save: save, urgent: make(chan struct{}, 1), soon: make(chan struct{}, 1),
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go s.run()
	return s
}

// saveNow makes it save without delay. Call it when a goroutine is blocked until then.
func (s *saver) saveNow() {
	if s != nil {
		signal(s.urgent)
	}
}

// saveSoon makes it save within saveGap.
func (s *saver) saveSoon() {
	if s != nil {
		signal(s.soon)
	}
}

// signal sends to a channel unless it holds a signal already.
func signal(request chan struct{}) {
	select {
	case request <- struct{}{}:
	default:
	}
}

// end saves once more and ends the goroutine. After an error of save it saves nothing more.
func (s *saver) end() {
	if s != nil {
		close(s.quit)
		<-s.ended
	}
}

// run is the goroutine.
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

// pause waits for saveGap, so that one checkpoint saves more answers. It returns early if saveNow or end is
// called, and reports whether end was called.
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
