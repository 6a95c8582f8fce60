package parquet

import "bufio"

// lz4Reader decompresses a block of LZ4.
// Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
type lz4Reader struct {
	lookback
	token byte
	match bool // the literals of a sequence have been read, but not the repetition after them
}

func (z *lz4Reader) beginBlock(input *bufio.Reader) {
	z.begin(input)
	z.token, z.match = 0, false
}

func (z *lz4Reader) Read(p []byte) (n int, err error) { return z.read(p, z.next) }

func (z *lz4Reader) next() (err error) {
	if !z.match {
		if z.token, err = z.input.ReadByte(); err != nil {
			return err
		}
		z.match = true
		z.literal, err = z.length(int(z.token >> 4))
		return err
	}
	if _, err := z.input.Peek(1); err != nil { // the last sequence has no repetition
		return err
	}
	if z.back, err = z.little(2); err != nil {
		return err
	}
	z.match = false
	z.repeated, err = z.length(int(z.token & 15))
	z.repeated += 4
	return err
}

// length returns a length of which four bits are in the token.
func (z *lz4Reader) length(n int) (int, error) {
	if n < 15 {
		return n, nil
	}
	for {
		b, err := z.input.ReadByte()
		if err != nil {
			return 0, unexpected(err)
		}
		if n += int(b); n > mostPage {
			return 0, errBlock
		}
		if b < 255 {
			return n, nil
		}
	}
}
