package transfer

import "sync"

// answered finds how far the answers to operations have come in the sources that the operations are made
// from: up to the end of the last part of which, and of all before it, every operation has an answer. Without
// it, a source that fits into one request would count as sent before it is. The zero value is at the
// beginning. It may be used by several goroutines.
type answered struct {
	lock     sync.Mutex
	made     int64       // operations of all parts
	answers  int64       // of them
	bytes    int64       // up to the end of the last part without an open operation
	awaiting []partsRead // parts with open operations, each with those that make none after it
}

// partsRead is how much there was once a part had been read: operations made, and bytes.
type partsRead struct{ made, bytes int64 }

// read adds the next part: how many operations it makes, and where it ends. It returns whether nothing up to
// there waits for an answer.
func (a *answered) read(operations, end int64) bool {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.made += operations
	if a.made <= a.answers {
		a.bytes = end
		return true
	}
	if n := len(a.awaiting); operations == 0 && n > 0 {
		a.awaiting[n-1].bytes = end
	} else {
		a.awaiting = append(a.awaiting, partsRead{a.made, end})
	}
	return false
}

// answer takes how many operations have an answer by now, and returns how far that is, in bytes. Answers may
// come in any order, so what it returns is a little more or less than what has arrived.
func (a *answered) answer(operations int64) (bytes int64) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.answers = operations
	done := 0
	for done < len(a.awaiting) && a.awaiting[done].made <= operations {
		a.bytes = a.awaiting[done].bytes
		done++
	}
	a.awaiting = append(a.awaiting[:0], a.awaiting[done:]...)
	return a.bytes
}
