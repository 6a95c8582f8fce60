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
	if left := p.Flush(); left != nil {
		made.batches = append(made.batches, left)
	}
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
		next := uint64(0)
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
				if ref != next || len(b.Operation(i).Body) != sizes[ref] {
					t.Fatalf("operation %d: out of order, or changed", ref)
				}
				next++
				if late := number - made.added[ref]; late > 1 {
					t.Fatalf("operation %d was held back for %d batches", ref, late)
				}
			}
			b.Release()
		}
		if int(next) != len(sizes) || p.Flush() != nil {
			t.Fatalf("%d of %d operations came out", next, len(sizes))
		}
	})
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
	if p.Flush() != nil {
		t.Error("a batch of what was refused")
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
