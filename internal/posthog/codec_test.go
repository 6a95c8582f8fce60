package posthog

import (
	"testing"

	"ph2cio/internal/source"
	"ph2cio/internal/testkit/packing"
)

func TestChunksSayWhatTheirSourceIsCompressedWith(t *testing.T) {
	for want, file := range map[string][]byte{"": []byte(eventRow), "gzip": packing.Gzip(t, []byte(eventRow), len(eventRow))} {
		input := sourceOf(t, "x", file)
		for chunk, err := range Read(t.Context(), []source.Source{input}, Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if chunk.Codec != want {
				t.Errorf("codec %q, want %q", chunk.Codec, want)
			}
			chunk.Release()
		}
	}
}
