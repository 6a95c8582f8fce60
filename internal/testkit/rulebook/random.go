package rulebook

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"
)

// Random makes a history of 3 to 12 people and 5 to 60 rows, as PostHog might have exported it. The same seed
// makes the same history. Rows stand in the order in which PostHog took them in, and Ref counts them from 0.
func Random(seed uint64) History {
	w := newWorld(rand.New(rand.NewPCG(seed, 0x70686f67)))
	total := 5 + w.IntN(56)
	exports := w.momentsOfExports(total)
	for len(w.rows) < total {
		if slices.Contains(exports, len(w.rows)) {
			w.export()
		}
		w.tick()
		w.step()
	}
	h := History{Rows: w.rows[:total], Persons: w.persons, ExportedAt: w.exportedAt, All: w.chance(25)}
	h.Now = w.now + 1
	w.addProfiles(&h)
	if w.chance(35) {
		h.UserID = regexp.MustCompile([]string{`^user_\d+$`, `^user_[12]$|^kiosk`, `@example\.com$`, `^0195`}[w.IntN(4)])
	}
	return h
}

// world is a PostHog project and the people who use it.
type world struct {
	*rand.Rand
	habits
	now     int64
	users   []*user
	devices []*device
	emails  []string

	mapping    map[string]*idMapping // PostHog's tables, by distinct ID
	version    int64                 // of the person that changed last
	rows       []Row
	persons    []PersonRow
	exportedAt int64
}

// habits are what a project or its export does all the time, in percent of rows.
type habits struct {
	personless int // of rows before a login
	uuid       int
	createdAt  int
	personID   int
	snapshot   int
	sameTime   int // at the same time as the row before
	rejected   int // of events
	moved      int // of new visitors that a login names, those of somebody else
}

// user is somebody who logs in, or whom a back end knows.
type user struct {
	id     string
	number int
}

// device is a browser or an app: somebody uses it under its current ID.
type device struct {
	id, current string
	user        *user
	web         bool // with posthog-js
}

func newWorld(r *rand.Rand) *world {
	w := &world{Rand: r, mapping: map[string]*idMapping{}}
	w.now = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC).UnixMicro()
	w.habits = habits{
		personless: w.pick(0, 50, 90),
		uuid:       w.pick(97, 97, 97, 50, 0),
		createdAt:  w.pick(100, 100, 90, 0),
		personID:   w.pick(100, 100, 100, 60, 0),
		snapshot:   w.pick(0, 25, 60),
		sameTime:   w.pick(5, 30, 70),
		rejected:   w.pick(0, 20, 60),
		moved:      w.pick(0, 80),
	}
	people := 3 + w.IntN(10)
	for number := range people {
		if number < 2 || w.chance(70) {
			w.users = append(w.users, &user{id: w.userID(number), number: number})
		}
		w.addDevice()
	}
	for number := range 4 {
		w.emails = append(w.emails, fmt.Sprintf("visitor.%d@example.com", number))
	}
	return w
}

// momentsOfExports returns after how many rows the persons are exported: never, once or twice.
func (w *world) momentsOfExports(total int) []int {
	switch {
	case w.chance(45):
		return nil
	case w.chance(70):
		return []int{w.IntN(total)}
	default:
		return []int{w.IntN(total), w.IntN(total)}
	}
}

// tick lets time pass, or not.
func (w *world) tick() {
	if !w.chance(w.sameTime) {
		w.now += 1 + w.Int64N(2*3600*1e6)
	}
}

func (w *world) chance(percent int) bool { return w.IntN(100) < percent }

func (w *world) pick(choices ...int) int { return choices[w.IntN(len(choices))] }

func one[T any](w *world, all []T) T { return all[w.IntN(len(all))] }
