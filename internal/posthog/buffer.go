package posthog

// A source is read in windows, at multiples of this many decompressed bytes from its start. A chunk ends with the last
// row that ends in its window: its limits depend on the source's bytes alone, and two readings have the same chunks.
const windowSize = 1 << 20

// headroom is what a buffer has before its window, so that the beginning of a row in the window before can be put in
// front without moving the window.
const headroom = 64 << 10

// A buffer holds one window, with headroom before it and a guard after it.
type buffer struct {
	bytes []byte
}

// spare are buffers to use again: as many as two readers and a handful of decoders have in hand. A sync.Pool would
// lose them to each garbage collection, and new ones cost page faults.
var spare = make(chan *buffer, 16)

func takeBuffer() *buffer {
	select {
	case b := <-spare:
		return b
	default:
		return &buffer{bytes: make([]byte, headroom+windowSize+guard)}
	}
}

func (b *buffer) window(size int) []byte { return b.bytes[headroom : headroom+size] }

// release may be called on nil.
func (b *buffer) release() {
	if b == nil {
		return
	}
	select {
	case spare <- b:
	default:
	}
}
