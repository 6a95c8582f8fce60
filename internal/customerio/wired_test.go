package customerio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// kind is what a moody API does with a person, by the person's number.
func kind(number int) string {
	return map[int]string{0: "bad attribute", 1: "bad name", 2: "refused whole"}[number%11]
}

// moody is an API with every fault that passes.
type moody struct {
	t      *testing.T
	fatal  int // the request that meets a rotated key, 0 for none
	lock   sync.Mutex
	random *rand.Rand
	seen   int
	known  map[int]bool // people whose operation was applied
}

func (m *moody) RoundTrip(r *http.Request) (*http.Response, error) {
	m.lock.Lock()
	m.seen++
	mood, late := m.random.IntN(100), time.Duration(m.random.IntN(400))*time.Millisecond
	if m.seen == m.fatal {
		mood = -1
	}
	m.lock.Unlock()
	time.Sleep(late)
	switch {
	case mood < 0:
		return status(401).RoundTrip(r)
	case mood < 5:
		return status(429, "Retry-After", "3").RoundTrip(r)
	case mood < 10:
		return status(503).RoundTrip(r)
	case mood < 13:
		return handled{answering(200, "<html>")}.RoundTrip(r)
	case mood < 15:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	code, answer := m.apply(r)
	if mood < 20 {
		return nil, errors.New("reset after it was applied")
	}
	return handled{answering(code, answer)}.RoundTrip(r)
}

// apply judges the operations and remembers the good ones.
func (m *moody) apply(r *http.Request) (code int, answer string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	var request struct {
		Batch []struct {
			Identifiers struct{ ID string }
			Attributes  map[string]string
		}
	}
	raw, err := io.ReadAll(r.Body)
	if err = errors.Join(err, json.Unmarshal(raw, &request)); err != nil {
		m.t.Errorf("a bad body: %v", err)
	}
	var good []int
	faults := []map[string]any{}
	for i, op := range request.Batch {
		number, _ := strconv.Atoi(op.Identifiers.ID)
		switch {
		case kind(number) == "refused whole":
			return 400, `{"errors":[{"reason":"whole"}]}`
		case kind(number) == "bad attribute" && op.Attributes["note"] != "":
			faults = append(faults, map[string]any{"batch_index": i, "reason": "long", "field": "attributes.note"})
		case kind(number) == "bad name":
			faults = append(faults, map[string]any{"batch_index": i, "reason": "name", "field": "name"})
		default:
			good = append(good, number)
		}
	}
	for _, number := range good {
		m.known[number] = true
	}
	if len(faults) == 0 {
		return 200, `{"errors":[]}`
	}
	encoded, _ := json.Marshal(map[string]any{"errors": faults})
	return 207, string(encoded)
}

// Whatever the API does, every operation has one outcome, and it is the one that the API knows.
func TestAllSendersTogetherTellTheTruth(t *testing.T) {
	for seed := range 25 {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 7))
			api := &moody{t: t, random: random, known: map[int]bool{}}
			if seed%4 == 0 {
				api.fatal = 1 + random.IntN(100)
			}
			people := 1 + random.IntN(600)
			outcomes, err := sendAll(t, newTestClientOver(t, api, nil), people, 1+random.IntN(60))
			if err != nil && api.fatal == 0 {
				t.Errorf("seed %d: %v", seed, err)
			}
			for number := range people {
				got := outcomes[number]
				switch {
				case len(got) != 1:
					t.Errorf("seed %d: operation %d has the outcomes %v", seed, number, got)
				case got[0] == "unsent" && err == nil:
					t.Errorf("seed %d: operation %d is unsent without an error", seed, number)
				case got[0] == "accepted" && !api.known[number], got[0] == "rejected" && api.known[number]:
					t.Errorf("seed %d: operation %d is %s, and known to the API: %v", seed, number, got[0], api.known[number])
				case got[0] == "rejected" && kind(number) != "bad name" && kind(number) != "refused whole":
					t.Errorf("seed %d: operation %d (%s) is rejected", seed, number, kind(number))
				}
			}
		})
	}
}

// sendAll sends an identify for each person in batches, several at a time, and collects what becomes of each.
func sendAll(t *testing.T, client *Client, people, perBatch int) (outcomes map[int][]string, failed error) {
	pace := NewPace(20)
	// There are many attempts, so that no batch is given up.
	sender := Reduced(Bisected(Retried(Paced(client, pace), Policy{Attempts: 100, Elapsed: 24 * time.Hour}), nil), nil)
	outcomes = map[int][]string{}
	packer := NewPacker(0, perBatch)
	var lock sync.Mutex
	var group sync.WaitGroup
	room := make(chan struct{}, 4)
	send := func(b *Batch) {
		room <- struct{}{}
		group.Go(func() {
			defer func() { <-room }()
			receipt, err := sender.Send(t.Context(), b)
			lock.Lock()
			defer lock.Unlock()
			failed = errors.Join(failed, err)
			collect(outcomes, b, receipt)
			b.Release()
		})
	}
	for number := range people {
		who := Identifier{ID, fmt.Sprint(number)}
		body := AppendIdentify(nil, who, []byte(`{"note":"a \"long\" one","plan":"pro"}`), 0)
		full, err := packer.Add(Operation{Body: body, Ref: uint64(number), Action: Identify, Who: who})
		if err != nil {
			t.Error(err)
		}
		if full != nil {
			send(full)
		}
	}
	if b := packer.Flush(); b != nil {
		send(b)
	}
	group.Wait()
	return outcomes, failed
}

func collect(outcomes map[int][]string, b *Batch, receipt Receipt) {
	said := map[uint64]bool{}
	for _, r := range receipt.Rejections {
		outcomes[int(r.Ref)] = append(outcomes[int(r.Ref)], "rejected")
		said[r.Ref] = true
	}
	for _, ref := range receipt.Unsent {
		outcomes[int(ref)] = append(outcomes[int(ref)], "unsent")
		said[ref] = true
	}
	for i := range b.Len() {
		if ref := b.Ref(i); !said[ref] {
			outcomes[int(ref)] = append(outcomes[int(ref)], "accepted")
		}
	}
}
