package customerio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// wholly is an API that refuses a batch as a whole if one of these ids is in it.
func wholly(reason string, ids ...string) *fakeAPI {
	return &fakeAPI{whole: true, judge: func(op map[string]any) *Fault {
		if id := op["identifiers"].(map[string]any)["id"].(string); slices.Contains(ids, id) {
			return &Fault{Reason: reason, Field: "identifiers.id", Message: "not " + id}
		}
		return nil
	}}
}

func people(from, to int) (ids []string) {
	for i := from; i < to; i++ {
		ids = append(ids, fmt.Sprint("p", i))
	}
	return ids
}

func TestABatchIsBisectedUntilTheBadOperationStandsAlone(t *testing.T) {
	api := wholly("invalid", "p37")
	tally := new(Tally)
	receipt, err := Bisected(newTestClientOver(t, handled{api}, tally), tally).Send(t.Context(), numbered(100))
	want := Receipt{Rejections: []Rejection{{Ref: 137, Index: 37, Reason: "invalid", Field: "identifiers.id", Message: "not p37"}}}
	if diff := differ(want, receipt); diff != "" || err != nil {
		t.Error(diff, err)
	}
	others := slices.Concat(people(0, 37), people(38, 100))
	if diff := cmp.Diff(others, api.accepted); diff != "" {
		t.Error("accepted, each once:", diff)
	}
	if n := tally.Requests.Load(); n > 15 {
		t.Errorf("%d requests for one bad operation of 100", n)
	}
	if n := tally.Bisections.Load(); n < 6 || n > 7 {
		t.Errorf("%d divisions", n)
	}
}

func TestATooLargeBatchIsBisected(t *testing.T) {
	var sizes []int
	client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		sizes = append(sizes, int(r.ContentLength))
		if r.ContentLength > 1000 {
			answering(413, "<html>413")(w, r)
			return
		}
		answering(200, "{}")(w, r)
	})
	b := NewBatch(sized(1, 300), sized(2, 300), sized(3, 300), sized(4, 300), sized(5, 1100))
	receipt, err := Bisected(client, nil).Send(t.Context(), b)
	if err != nil || len(receipt.Rejections) != 1 {
		t.Fatalf("%v, %v after bodies of %v", receipt, err, sizes)
	}
	if r := receipt.Rejections[0]; r.Ref != 5 || r.Index != 4 || r.Reason != "http_413" || r.Message != `"<html>413"` {
		t.Errorf("%+v", r)
	}
}

func TestWhatFollowsAFailureIsUnsent(t *testing.T) {
	// 8 operations are refused, 0 to 3 accepted, 4 to 7 meet a rotated key.
	api := &fakeAPI{script: []http.HandlerFunc{answering(400, "{}"), nil, answering(401, "")}}
	receipt, err := Bisected(newTestClientOver(t, handled{api}, nil), nil).Send(t.Context(), numbered(8))
	if refusal, ok := asAPIError(err); !ok || refusal.Class() != Unauthorized {
		t.Error(err)
	}
	if diff := differ(Receipt{Unsent: []uint64{104, 105, 106, 107}}, receipt); diff != "" {
		t.Error(diff)
	}
	// 8 are refused, 0 to 3 too, 0 and 1 meet the key.
	api = &fakeAPI{script: []http.HandlerFunc{answering(400, "{}"), answering(400, "{}"), answering(401, "")}}
	receipt, err = Bisected(newTestClientOver(t, handled{api}, nil), nil).Send(t.Context(), numbered(8))
	if diff := differ(AllUnsent(numbered(8)), receipt); diff != "" || err == nil || len(api.received) != 3 {
		t.Error(diff, err, len(api.received))
	}
}

func TestTwentyRefusedInARowEndTheRun(t *testing.T) {
	api := wholly("invalid", people(0, 100)...)
	sender := Bisected(newTestClientOver(t, handled{api}, nil), nil)
	receipt, err := sender.Send(t.Context(), numbered(100))
	systemic, ok := errors.AsType[*SystemicError](err)
	if !ok || systemic.Reason != "invalid" || systemic.Refused != 20 || Temporary(err) {
		t.Fatal(err)
	}
	if len(receipt.Rejections) != 20 || len(receipt.Unsent) != 80 || receipt.Unsent[0] != 120 {
		t.Errorf("%d rejected, %d unsent", len(receipt.Rejections), len(receipt.Unsent))
	}
	if n := len(api.received); n > 60 {
		t.Errorf("%d requests", n)
	}
	before := len(api.received)
	receipt, err = sender.Send(t.Context(), numbered(5))
	if !errors.As(err, &systemic) || len(receipt.Unsent) != 5 || len(api.received) != before {
		t.Errorf("after the end: %v, %v, %d requests", receipt, err, len(api.received)-before)
	}
}

func TestRefusalsAreCountedOverBatches(t *testing.T) {
	sender := Bisected(newTestClientOver(t, handled{wholly("invalid", "p0")}, nil), nil)
	for i := range 20 {
		receipt, err := sender.Send(t.Context(), numbered(1))
		if len(receipt.Rejections) != 1 || len(receipt.Unsent) != 0 || (err != nil) != (i == 19) {
			t.Fatalf("batch %d: %v, %v", i, receipt, err)
		}
	}
}

func TestRefusalsWithAcceptedOnesInBetweenDoNotEndTheRun(t *testing.T) {
	var bad []string
	for i := 0; i < 200; i += 2 {
		bad = append(bad, fmt.Sprint("p", i))
	}
	api := wholly("invalid", bad...)
	receipt, err := Bisected(newTestClientOver(t, handled{api}, nil), nil).Send(t.Context(), numbered(200))
	if err != nil || len(receipt.Rejections) != 100 || len(api.accepted) != 100 {
		t.Errorf("%d rejected, %d accepted, %v", len(receipt.Rejections), len(api.accepted), err)
	}
	// Accepted in a 207 counts too; a 207 that accepts nothing does not.
	for _, c := range []struct {
		answer string
		ends   bool
	}{{`{"errors":[{"batch_index":0}]}`, false}, {`{"errors":[{"batch_index":0},{"batch_index":1}]}`, true}} {
		turn := 0
		sender := Bisected(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			if turn++; turn%10 == 0 {
				answering(207, c.answer)(w, r)
				return
			}
			answering(400, `{"errors":[{"reason":"invalid"}]}`)(w, r)
		}), nil)
		ended := false
		for range 60 {
			b := numbered(1)
			if turn%10 == 9 {
				b = numbered(2)
			}
			_, err := sender.Send(t.Context(), b)
			ended = ended || err != nil
		}
		if ended != c.ends {
			t.Errorf("%s in between: ended %v", c.answer, ended)
		}
	}
}

func TestRefusalsForSeveralReasonsDoNotEndTheRun(t *testing.T) {
	turn := 0
	sender := Bisected(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		turn++
		answering(400, fmt.Sprintf(`{"errors":[{"reason":"r%d"}]}`, turn/15))(w, r)
	}), nil)
	for range 100 {
		if _, err := sender.Send(t.Context(), numbered(1)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRefusalsAreCountedFromManyGoroutines(t *testing.T) {
	var requests atomic.Int64
	sender := Bisected(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		answering(400, `{"errors":[{"reason":"invalid"}]}`)(w, r)
	}), nil)
	const workers = 8
	var ended atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range 100 {
				if _, err := sender.Send(t.Context(), numbered(1)); err != nil {
					ended.Add(1)
					return
				}
			}
		})
	}
	group.Wait()
	if ended.Load() != workers || requests.Load() < 20 || requests.Load() > 20+workers {
		t.Errorf("%d of %d ended after %d requests", ended.Load(), workers, requests.Load())
	}
}

func TestBisectingDecidesEachOperationOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(rt, "operations")
		bad := map[uint64]bool{}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 59), 0, 15).Draw(rt, "bad") {
			bad[uint64(100+i)] = true
		}
		failAt := rapid.IntRange(1, 200).Draw(rt, "failing request")
		requests := 0
		accepted := map[uint64]int{}
		receipt, err := Bisected(senderFunc(func(_ context.Context, b *Batch) (Receipt, error) {
			if requests++; requests == failAt {
				return AllUnsent(b), &GaveUpError{Err: &APIError{Status: 503}}
			}
			for i := range b.Len() {
				if bad[b.Ref(i)] {
					return AllUnsent(b), &APIError{Status: 400, Reasons: []Fault{{Reason: fmt.Sprint(b.Ref(i))}}}
				}
			}
			for i := range b.Len() {
				accepted[b.Ref(i)]++
			}
			return Receipt{}, nil
		}), nil).Send(context.Background(), numbered(n))
		outcomes := map[uint64]int{}
		for ref, times := range accepted {
			outcomes[ref] += times
		}
		for _, r := range receipt.Rejections {
			if outcomes[r.Ref]++; !bad[r.Ref] || r.Index != int(r.Ref)-100 || r.Reason != fmt.Sprint(r.Ref) {
				rt.Errorf("%+v", r)
			}
		}
		for _, ref := range receipt.Unsent {
			outcomes[ref]++
		}
		if len(outcomes) != n {
			rt.Errorf("%d of %d operations have an outcome", len(outcomes), n)
		}
		for ref, times := range outcomes {
			if times != 1 {
				rt.Errorf("operation %d has %d outcomes", ref, times)
			}
		}
		if (len(receipt.Unsent) > 0) != (err != nil) && n > 0 {
			rt.Errorf("%d unsent, %v", len(receipt.Unsent), err)
		}
	})
}
