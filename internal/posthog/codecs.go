package posthog

import (
	"bytes"
	"io"
	"math"
	"os"
)

// A stream is a source's bytes, decompressed. Reading it ends with io.EOF, with a *damage, or with the trouble the disk
// had.
type stream interface {
	io.Reader
	used() int64     // bytes of the file that have been used for what has been read
	verified() int64 // of the bytes read, how many from the start are known to be right
	close()          // ends what the stream has running
}

// damage is what a stream returns when the file is not what it was when it was compressed.
type damage struct {
	err  error
	keep bool // what was read is right as far as it goes: the file just ends too soon
}

func (d *damage) Error() string { return d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

// codec is one way to compress a file, recognised by what the file begins with.
type codec struct {
	magic string
	open  func(io.Reader) stream // nil: known by name, but not read
	name  string
	tool  string // what decompresses it
}

var codecs = []codec{
	{magic: "\x1f\x8b\x08", name: "gzip", open: openGzip},
	{magic: "\x28\xb5\x2f\xfd", name: "zstd", tool: "zstd -d"},
	{magic: "\x04\x22\x4d\x18", name: "lz4", tool: "lz4 -d"},
	{magic: "\xff\x06\x00\x00sNaPpY", name: "snappy", tool: "snzip -d"},
}

const longestMagic = 16

// openStream looks at the file's first bytes. Its error is a *refusal or comes from the disk.
func openStream(file *os.File) (stream, error) {
	head := make([]byte, longestMagic)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	for _, c := range codecs {
		if !bytes.HasPrefix(head[:n], []byte(c.magic)) {
			continue
		}
		if c.open == nil {
			return nil, refuse("it is compressed with "+c.name+", which is not read", "decompress it first: "+c.tool)
		}
		return c.open(file), nil
	}
	return &plainStream{file: file}, nil
}

// plainStream is a file that is not compressed.
type plainStream struct {
	file *os.File
	read int64
}

func (s *plainStream) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.read += int64(n)
	return n, err
}

func (s *plainStream) used() int64     { return s.read }
func (s *plainStream) verified() int64 { return math.MaxInt64 }
func (s *plainStream) close()          {}
