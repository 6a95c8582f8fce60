package posthog

import (
	"context"
	"strings"
	"sync"

	"ph2cio/internal/codec"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/source"
)

// Several small files are read completely into one buffer, ahead of the cutting. Otherwise the work for each
// file would take longer than that for its rows. A file that turns out to be compressed, or to have another
// length than expected, is left to its pump.

const (
	smallFile    = 64 << 10  // the largest file that is read in a bundle, in bytes
	bundleSize   = 512 << 10 // bytes
	mostBundled  = 256       // files
	bundlesAhead = 3         // the one that is being cut among them
)

// bundle is a sequence of small sources in one buffer. It has a goroutine that reads its files.
type bundle struct {
	buffer *buffer
	first  int // source of the first file
	files  []bundled
	done   chan struct{} // closed when the files have been read
}

// bundled is one file of a bundle.
type bundled struct {
	at, size int  // where in the window its text is
	whole    bool // the window has all of the file
}

func (u *bundle) end() int { return u.first + len(u.files) }

// bundleReader reads the small sources of a pass, a few bundles ahead.
type bundleReader struct {
	ctx     context.Context
	running *sync.WaitGroup // of the goroutines of the pass
	sources []source.Source
	options *Options
	bundles []*bundle // of the next small sources
}

// small reports whether a source may be read in a bundle.
func (r *bundleReader) small(source int) bool {
	want, known := r.wanted(source), r.options.Known
	return want <= smallFile && want < int64(r.options.window) && (known == nil || known[source] == nil) &&
		!codec.HasExtension(r.sources[source].Name) && !strings.HasSuffix(r.sources[source].Name, ".parquet")
}

// wanted returns how many bytes of a plain source to read.
func (r *bundleReader) wanted(source int) int64 {
	if r.options.Until != nil {
		return r.options.Until[source]
	}
	return r.sources[source].Size
}

// read returns the whole text of a small source as a block. ok is false if its pump must read it.
func (r *bundleReader) read(source int) (b block, ok bool) {
	for len(r.bundles) > 0 && source >= r.bundles[0].end() {
		r.bundles[0].buffer.release()
		r.bundles = r.bundles[1:]
	}
	for next := source; len(r.bundles) < bundlesAhead; {
		if n := len(r.bundles); n > 0 {
			next = r.bundles[n-1].end()
		}
		if !r.start(next) {
			break
		}
	}
	u := r.bundles[0]
	<-u.done
	f := u.files[source-u.first]
	if !f.whole {
		return b, false
	}
	size := int64(f.size)
	return block{buffer: u.buffer.share(), at: f.at, size: f.size, end: size, used: size, whole: true}, true
}

// start starts to read the first small sources at or after next, as many as fit. It returns false if
// there are none.
func (r *bundleReader) start(next int) bool {
	u := &bundle{done: make(chan struct{})}
	for at := 0; next < len(r.sources) && len(u.files) < mostBundled && at < bundleSize; next++ {
		if !r.small(next) {
			if len(u.files) == 0 {
				continue
			}
			break
		}
		if len(u.files) == 0 {
			u.first = next
		}
		size := int(r.wanted(next))
		u.files = append(u.files, bundled{at: at, size: size})
		at += size + 1 + rawjson.Guard
	}
	if len(u.files) == 0 {
		return false
	}
	u.buffer = takeBuffer()
	r.bundles = append(r.bundles, u)
	r.running.Go(func() {
		defer close(u.done)
		r.readFiles(u)
	})
	return true
}

func (r *bundleReader) readFiles(u *bundle) {
	for i := range u.files {
		if f := &u.files[i]; f.size > 0 && r.ctx.Err() == nil {
			room := u.buffer.bytes[headroom+f.at:][:f.size+1]
			f.whole = r.readWhole(r.sources[u.first+i], room)
		}
	}
}

// drop releases the bundles that are left. Nothing may read them any more.
func (r *bundleReader) drop() {
	for _, u := range r.bundles {
		u.buffer.release()
	}
}

// readWhole reads a plain file whose size is one byte less than room. It returns false for any other file.
func (r *bundleReader) readWhole(s source.Source, room []byte) bool {
	size := len(room) - 1
	if r.options.Until != nil {
		room = room[:size] // what was added later is not read
	}
	if n, err := s.ReadInto(r.ctx, room, size); n != size || err != nil {
		return false
	}
	head := room[:min(size, headSize)]
	return !codec.IsCompressed(head) && codec.IsText(head) && !isParquet(head)
}
