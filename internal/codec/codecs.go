package codec

import (
	"bytes"
	"path/filepath"
)

// codec is one way to compress a file, recognised by what the file begins with.
type codec struct {
	magic string
	open  func(input) textReader // nil: known by name, but not read
	name  string
	tool  string // what decompresses it
}

// codecs are those with a magic. Brotli has none.
var codecs = []codec{
	{magic: "\x1f\x8b\x08", name: "gzip", open: openGzip, tool: "gzip -d"},
	{magic: zstdMagic, name: "zstd", open: openFrames(zstdFrames), tool: "zstd -d"},
	{magic: lz4Magic, name: "lz4", open: openFrames(lz4Frames), tool: "lz4 -d"},
	{magic: snappyMagic, name: "snappy", open: openSnappy, tool: "snzip -d"},
	{magic: s2Magic, name: "s2", open: openSnappy, tool: "s2d"},
	{magic: "\x02\x21\x4c\x18", name: "lz4's old format", tool: "lz4 -d"},
	{magic: "BZh", name: "bzip2", tool: "bzip2 -d"},
	{magic: "\xfd7zXZ\x00", name: "xz", tool: "xz -d"},
	{magic: "7z\xbc\xaf\x27\x1c", name: "7-Zip", tool: "7z x"},
}

// codecOf returns the codec of a file that begins with head, nil when none has its magic.
func codecOf(head []byte) *codec {
	for i := range codecs {
		if bytes.HasPrefix(head, []byte(codecs[i].magic)) {
			return &codecs[i]
		}
	}
	return nil
}

// IsPacked reports whether a file that begins with head is compressed, as far as its first bytes alone say so: those of brotli
// do not.
func IsPacked(head []byte) bool { return codecOf(head) != nil || skippable(head) }

// IsNamedPacked reports whether a file's name says that it is compressed. That is only a hint: it says where the file is
// better looked at.
func IsNamedPacked(path string) bool {
	switch filepath.Ext(path) {
	case ".gz", ".br", ".zst", ".lz4", ".sz":
		return true
	}
	return false
}

// Unsupported says that a file is compressed as nothing here decompresses it.
type Unsupported struct {
	Codec string // by name
	Hint  string // what to do
	twice bool   // it is the text of another codec
}

func (e *Unsupported) Error() string {
	if e.twice {
		return "the file is compressed twice (" + e.Codec + " inside)"
	}
	return "the file is compressed with " + e.Codec + ", which ph2cio cannot read"
}

// PackedTwice refuses text that is compressed once more.
func PackedTwice(text []byte) *Unsupported {
	if c := codecOf(text); c != nil {
		return &Unsupported{Codec: c.name, Hint: "decompress it once and use the result", twice: true}
	}
	return nil
}
