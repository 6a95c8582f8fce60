package spool

import "sync"

var scratch = sync.Pool{New: func() any { return new([]byte) }}

func takeScratch(size int) []byte {
	b := *scratch.Get().(*[]byte)
	if cap(b) < size {
		b = make([]byte, size)
	}
	return b[:size]
}

func giveScratch(b []byte) {
	b = b[:0]
	scratch.Put(&b)
}
