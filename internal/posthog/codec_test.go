package posthog

import "testing"

func TestChunksSayWhatTheirSourceIsCompressedWith(t *testing.T) {
	for want, file := range map[string][]byte{"": []byte(eventRow), "gzip": members(t, []byte(eventRow), len(eventRow))} {
		source := sourceOf(t, "x", file)
		for chunk, err := range Read(t.Context(), []Source{source}, Options{}) {
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
