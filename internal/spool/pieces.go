package spool

import (
	"context"
	"io"
	"iter"
)

// piece is some of a stream's bytes, or why there are no more.
type piece struct {
	data []byte
	err  error
}

const pieceSize = 1 << 20

// pieces yields a stream in pieces, each valid until the next. A separate goroutine reads, so that a read
// that blocks does not prevent a cancelled loop from ending.
func pieces(ctx context.Context, in io.Reader) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		filled, empty := make(chan piece, 1), make(chan []byte, 2)
		empty <- make([]byte, pieceSize)
		empty <- make([]byte, pieceSize)
		done := make(chan struct{})
		defer close(done)
		go fillPieces(in, filled, empty, done)
		for {
			select {
			case <-ctx.Done():
				yield(piece{err: context.Cause(ctx)})
				return
			case p, ok := <-filled:
				if !ok || !yield(p) || p.err != nil {
					return
				}
				empty <- p.data[:pieceSize]
			}
		}
	}
}

func fillPieces(in io.Reader, filled chan<- piece, empty <-chan []byte, done <-chan struct{}) {
	defer close(filled)
	put := func(p piece) bool {
		select {
		case filled <- p:
			return true
		case <-done:
			return false
		}
	}
	for {
		var data []byte
		select {
		case data = <-empty:
		case <-done:
			return
		}
		n, err := io.ReadFull(in, data)
		if n > 0 && !put(piece{data: data[:n]}) {
			return
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return
		default:
			put(piece{err: err})
			return
		}
	}
}
