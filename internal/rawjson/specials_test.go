package rawjson

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSpecialsAreQuotesBackslashesAndControlCharacters(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 64*40)
	for i := range data {
		switch random.IntN(3) {
		case 0:
			data[i] = byte(random.Uint32())
		case 1:
			data[i] = "\"\\ !#[]\x1f\x20\x7f\x80\xa2\xdc\xff"[random.IntN(14)]
		default:
			data[i] = 'a'
		}
	}
	for value := range 256 {
		data[value] = byte(value)
	}
	want := make([]uint64, len(data)/64)
	for i, c := range data {
		if c < ' ' || c == '"' || c == '\\' {
			want[i/64] |= 1 << (i % 64)
		}
	}
	got := make([]uint64, len(want))
	if markSpecialsWords(got, data); !slices.Equal(got, want) {
		t.Errorf("by words: %x, want %x", got, want)
	}
	if got = MarkSpecials(nil, data, len(data)-1); !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	for end := range 200 {
		if got := MarkSpecials(nil, data, end); !slices.Equal(got, want[:end/64+1]) {
			t.Fatalf("up to %d: %x", end, got)
		}
	}
}

func TestNextSpecial(t *testing.T) {
	data := append(bytes.Repeat([]byte("x"), 200), make([]byte, Guard)...)
	data[0], data[63], data[64], data[150] = '"', '"', '\\', '\n'
	marks := MarkSpecials(nil, data, 200)
	var got []int
	for k, m := SpecialsFrom(marks, 0); len(got) < 5; {
		var at int
		at, k, m = NextSpecial(marks, k, m)
		got = append(got, at)
	}
	if want := []int{0, 63, 64, 150, 200}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if k, m := SpecialsFrom(marks, 64); k != 1 || m&1 == 0 {
		t.Errorf("from 64: word %d, %x", k, m)
	}
	if k, m := SpecialsFrom(marks, 65); k != 1 || m != 0 {
		t.Errorf("from 65: word %d, %x", k, m)
	}
}

func BenchmarkMarkSpecials(b *testing.B) {
	data := bytes.Repeat([]byte(`{"event":"$pageview","distinct_id":"user_1","properties":{"$browser":"Chrome","n":17,"url":"https://a.example/\n"}}`+"\n"), 600)
	data = append(data, make([]byte, Guard)...)
	marks := make([]uint64, len(data)/64+1)
	b.Run("fast", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			marks = MarkSpecials(marks, data, len(data)-Guard)
		}
	})
	b.Run("words", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			markSpecialsWords(marks, data)
		}
	})
}
