package export

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// keeper saves how far a phase has come, on a goroutine of its own, so that sending goes on meanwhile. What it knows is
// guarded by the outbox's lock. A request counts as under way until its answer has been saved, so a kill leaves no more to be
// sent again than may be under way. So it saves at once when somebody waits for it, soon when the answers that are not saved
// take up much of the room, and else once a second. A nil keeper keeps nothing, for a preview.
type keeper struct {
	run      *ledger.Run
	phase    ledger.Phase
	counters func(open int64) Counters
	lock     sync.Locker
	saved    func(error) // after each try, with the lock held

	unsettled unsettled
	step      ledger.Step // what is to be saved next, without its position
	size      int         // bytes of its rejects
	changed   bool
	unsaved   int // answers

	urgent, soon, quit chan struct{}
	done               chan struct{}
}

const (
	saveEvery   = time.Second
	saveGap     = 10 * time.Millisecond // between saves that nobody waits for
	mostRejects = 1 << 20               // bytes that wait to be saved
)

// newKeeper takes up a phase where it was left.
func newKeeper(run *ledger.Run, phase ledger.Phase, from ledger.Position) *keeper {
	return &keeper{
		run: run, phase: phase, unsettled: resumed(from),
		urgent: make(chan struct{}, 1), soon: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
	}
}

// took notes that everything before end has been dealt with, but for these operations. marks are theirs, nil where they have
// none. The lock is held, and has been since the counts were changed.
func (k *keeper) took(operations []customerio.Operation, marks []mark, end uint64) {
	if k == nil {
		return
	}
	numbers := make([]uint64, len(operations))
	for i, op := range operations {
		numbers[i] = op.Ref
	}
	k.unsettled.add(numbers, marks, end)
	k.changed = true
}

// settled notes that an operation was accepted or refused, and returns its mark. The lock is held.
func (k *keeper) settled(number uint64) (m mark) {
	if k != nil {
		m = k.unsettled.settle(number)
		k.changed = true
	}
	return m
}

// answered notes that a request was answered, of so many that may be under way. The lock is held.
func (k *keeper) answered(of int) {
	if k == nil {
		return
	}
	k.unsaved++
	k.changed = true
	if k.unsaved*4 >= of {
		ask(k.soon)
	}
}

// waiting is how many answers have not been saved. The lock is held.
func (k *keeper) waiting() int {
	if k == nil {
		return 0
	}
	return k.unsaved
}

// accepted notes a person whose identify was accepted. The lock is held.
func (k *keeper) accepted(p *ledger.Person) {
	if k != nil {
		k.step.People = ledger.AppendPerson(k.step.People, p)
		k.step.Count++
	}
}

// merged notes a merge that was done. The lock is held.
func (k *keeper) merged(id int64) {
	if k != nil {
		k.step.Merged = append(k.step.Merged, id)
	}
}

// sent notes an event that was accepted. The lock is held.
func (k *keeper) sent(key ledger.Key, m *mark) {
	if k != nil {
		k.step.Sent = append(k.step.Sent, ledger.Sent{Key: key, Version: m.version})
		k.step.Newest = max(k.step.Newest, m.at)
	}
}

// owes notes whose rows are owed. The lock is held.
func (k *keeper) owes(owed []ledger.Waiting) {
	if k != nil {
		k.step.Waiting = append(k.step.Waiting, owed...)
	}
}

// reject notes a reject. The lock is held.
func (k *keeper) reject(number uint64, one *Reject) error {
	line, err := json.Marshal(one)
	if err != nil {
		return err
	}
	k.step.Rejects = append(k.step.Rejects, ledger.Reject{
		Phase: k.phase, Number: number, Reason: one.Reason, Key: one.key, Closed: one.closed, Text: line,
	})
	k.size += len(line)
	k.changed = true
	return nil
}

// full reports whether so many rejects wait to be saved that reading has to. The lock is held.
func (k *keeper) full() bool { return k != nil && k.size > mostRejects }

// urge asks for a save, because somebody waits.
func (k *keeper) urge() {
	if k != nil {
		ask(k.urgent)
	}
}

// ask leaves a note, unless there is one already.
func ask(note chan struct{}) {
	select {
	case note <- struct{}{}:
	default:
	}
}

// keep saves until it is told to end.
func (k *keeper) keep() {
	defer close(k.done)
	ticker := time.NewTicker(saveEvery)
	defer ticker.Stop()
	for last := false; !last; {
		select {
		case <-k.urgent:
		case <-k.soon:
			last = k.pause()
		case <-ticker.C:
		case <-k.quit:
			last = true
		}
		if k.save() != nil {
			return // after an error nothing more is certain
		}
	}
}

// pause lets more answers come together. It reports whether it was told to end.
func (k *keeper) pause() (ends bool) {
	timer := time.NewTimer(saveGap)
	defer timer.Stop()
	select {
	case <-k.urgent:
	case <-timer.C:
	case <-k.quit:
		return true
	}
	return false
}

// end saves what is left and ends. The lock must not be held.
func (k *keeper) end() {
	close(k.quit)
	<-k.done
}

func (k *keeper) save() error {
	step, answers, err := k.cut()
	if step == nil || err != nil {
		return err
	}
	err = k.run.Save(step, time.Now())
	k.lock.Lock()
	defer k.lock.Unlock()
	k.unsaved -= answers
	k.saved(err)
	return err
}

// cut takes what there is to save; nil when there is nothing.
func (k *keeper) cut() (*ledger.Step, int, error) {
	k.lock.Lock()
	defer k.lock.Unlock()
	if !k.changed {
		return nil, 0, nil
	}
	counters := k.counters(k.unsettled.count())
	text, err := json.Marshal(&counters)
	if err != nil {
		err = errors.Join(errors.New("saving the counters of the run"), err)
		k.saved(err)
		return nil, 0, err
	}
	step := k.step
	step.Phase, step.Position, step.Counters = k.phase, k.unsettled.position(), text
	k.step, k.size, k.changed = ledger.Step{}, 0, false
	return &step, k.unsaved, nil
}
