package customerio

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// packing is what a packer made of a stream of operations.
type packing struct {
	batches []*Batch
	added   map[uint64]int // how many batches had been given out when a Ref was added
}

func pack(t interface{ Fatal(...any) }, p *Packer, sizes []int) packing {
	made := packing{added: map[uint64]int{}}
	for i, size := range sizes {
		made.added[uint64(i)] = len(made.batches)
		full, err := p.Add(sized(uint64(i), size))
		if err != nil {
			t.Fatal(err)
		}
		if full != nil {
			made.batches = append(made.batches, full)
		}
	}
	made.batches = append(made.batches, p.Flush()...)
	return made
}

// drawSizes draws many sizes from few numbers, so that failures shrink to few numbers too.
func drawSizes(t *rapid.T, largest, most int) []int {
	low := rapid.IntRange(2, largest).Draw(t, "smallest")
	high := rapid.IntRange(low, largest).Draw(t, "largest")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	bytes := rapid.IntRange(0, most).Draw(t, "bytes")
	var sizes []int
	for bytes > 0 {
		size := low + random.IntN(high-low+1)
		if random.IntN(50) == 0 {
			size = high
		}
		sizes = append(sizes, size)
		bytes -= size + 100
	}
	return sizes
}

func TestPackerKeepsLimitsAndLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maxItems := rapid.SampledFrom([]int{0, 0, 1, 2, 7, 100, 1000}).Draw(t, "maxItems")
		maxBytes := rapid.SampledFrom([]int{0, MaxBody, MaxItem + 100, 200_000}).Draw(t, "maxBytes")
		sizes := drawSizes(t, MaxItem, 3<<20)
		p := NewPacker(maxBytes, maxItems)
		made := pack(t, p, sizes)
		if maxBytes == 0 {
			maxBytes = MaxBody
		}
		seen := map[uint64]bool{}
		for number, b := range made.batches {
			if len(b.Body()) > maxBytes || maxItems > 0 && b.Len() > maxItems || b.Len() == 0 {
				t.Fatalf("a batch of %d bytes, %d operations", len(b.Body()), b.Len())
			}
			var whole struct{ Batch []json.RawMessage }
			if err := json.Unmarshal(b.Body(), &whole); err != nil || len(whole.Batch) != b.Len() {
				t.Fatalf("body: %v, %d operations of %d", err, len(whole.Batch), b.Len())
			}
			for i := range b.Len() {
				ref := b.Ref(i)
				if seen[ref] || len(b.Item(i)) != sizes[ref] {
					t.Fatalf("operation %d: twice, or changed", ref)
				}
				seen[ref] = true
				if late := number - made.added[ref]; late > maxOpen+maxPassed {
					t.Fatalf("operation %d was held back for %d batches", ref, late)
				}
			}
			b.Release()
		}
		if len(seen) != len(sizes) || len(p.Flush()) != 0 {
			t.Fatalf("%d of %d operations came out", len(seen), len(sizes))
		}
	})
}

// The first batch has room for 6,500 bytes more, and then all operations have 7,000.
func TestNoBatchIsPassedOverForGood(t *testing.T) {
	sizes := []int{3400}
	for range 1000 {
		sizes = append(sizes, 7000)
	}
	made := pack(t, NewPacker(0, 0), sizes)
	for number, b := range made.batches {
		if b.Ref(0) == 0 && number > maxPassed {
			t.Errorf("the first batch is the %dth of %d", number+1, len(made.batches))
		}
	}
}

func TestPackerFillsBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batches := pack(t, NewPacker(MaxBody, 0), drawSizes(t, 8000, 8<<20)).batches
		for i, b := range batches[:max(0, len(batches)-1)] {
			if fill := float64(len(b.Body())) / MaxBody; fill < 0.97 {
				t.Errorf("batch %d of %d is filled to %.4f", i, len(batches), fill)
			}
			b.Release()
		}
	})
}

func TestFlushMergesWhatItCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maxItems := rapid.SampledFrom([]int{0, 3, 50}).Draw(t, "maxItems")
		p := NewPacker(100_000, maxItems)
		for _, size := range rapid.SliceOfN(rapid.IntRange(2, MaxItem), 0, 40).Draw(t, "sizes") {
			full, err := p.Add(sized(1, size))
			if err != nil {
				t.Fatal(err)
			}
			if full != nil {
				full.Release()
			}
		}
		left := p.Flush()
		for i, a := range left {
			for _, b := range left[i+1:] {
				bytes := len(a.Body()) + len(b.Body()) - len(bodyHead+bodyTail) + len(",")
				if bytes <= 100_000 && (maxItems == 0 || a.Len()+b.Len() <= maxItems) {
					t.Errorf("two of %d batches could be one of %d bytes, %d operations", len(left), bytes, a.Len()+b.Len())
				}
			}
		}
	})
}

// A small last batch goes into the space that larger operations left in the others.
func TestFlushSpreadsASmallBatch(t *testing.T) {
	p := NewPacker(MaxBody, 0)
	for i := range 15 {
		if full, err := p.Add(sized(uint64(i), 31_500)); full != nil || err != nil {
			t.Fatal(full, err)
		}
	}
	for i := range 15 {
		if full, err := p.Add(sized(uint64(15+i), 31_900)); full != nil || err != nil {
			t.Fatal(full, err)
		}
	}
	// 27,3xx and 21,4xx bytes are left; 31,900 fits into neither, and 20,000 is put there by Flush only.
	p.open = append(p.open, NewBatch(sized(30, 20_000), sized(31, 20_000)))
	if left := p.Flush(); len(left) != 2 {
		t.Errorf("%d requests", len(left))
	}
}

func TestFlushKeepsTheLimitOfOperations(t *testing.T) {
	p := NewPacker(0, 3)
	p.open = []*Batch{NewBatch(sized(1, 9), sized(2, 9)), NewBatch(sized(3, 9), sized(4, 9)), NewBatch(sized(5, 9))}
	left := p.Flush()
	if len(left) != 2 || left[0].Len()+left[1].Len() != 5 || max(left[0].Len(), left[1].Len()) != 3 {
		t.Errorf("%d batches", len(left))
	}
}

func TestPackerRefusesWhatNoBatchMayCarry(t *testing.T) {
	p := NewPacker(1000, 0)
	for _, c := range []struct {
		op       Operation
		tooLarge bool
		says     string
	}{
		{sized(7, MaxItem+1), true, "operation 7 of 32001 bytes"},
		{sized(8, 1000), true, "body of 1012 bytes"},
		{Operation{Ref: 9}, false, "operation 9: it is empty"},
	} {
		full, err := p.Add(c.op)
		if full != nil || err == nil || errors.Is(err, ErrTooLarge) != c.tooLarge || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, %v", full, err)
		}
	}
	if left := p.Flush(); len(left) != 0 {
		t.Errorf("%d batches", len(left))
	}
	if full, err := NewPacker(0, 0).Add(sized(1, MaxItem)); full != nil || err != nil {
		t.Errorf("the largest operation: %v, %v", full, err)
	}
}

func BenchmarkPack(b *testing.B) {
	op := Operation{Body: AppendTracked(nil, Event, ada, Tracked{Name: []byte("Sale")}, []byte(`{"v":"`+strings.Repeat("x", 700)+`"}`))}
	p := NewPacker(MaxBody, 0)
	b.SetBytes(int64(len(op.Body)))
	b.ReportAllocs()
	for b.Loop() {
		full, err := p.Add(op)
		if err != nil {
			b.Fatal(err)
		}
		if full != nil {
			full.Release()
		}
	}
}
