package codec

import (
	"bytes"
	"path/filepath"
)

// codec is one way to compress a file. A file is recognised by its first bytes.
type codec struct {
	magic string
	open  func(input) textReader // nil: known by name, but not read
	name  string
	tool  string // what decompresses it
}

// codecs are all that begin with a magic number. Brotli has none.
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

// codecOf returns the codec whose magic number head begins with, nil if there is none.
func codecOf(head []byte) *codec {
	for i := range codecs {
		if bytes.HasPrefix(head, []byte(codecs[i].magic)) {
			return &codecs[i]
		}
	}
	return nil
}

// IsCompressed reports whether head, the beginning of a file, has the magic number of a codec. That of a
// brotli file has none.
func IsCompressed(head []byte) bool { return codecOf(head) != nil || skippable(head) }

// HasExtension reports whether a file's name ends as those of compressed files do. It is a hint, since Open
// goes by content.
func HasExtension(path string) bool {
	switch filepath.Ext(path) {
	case ".gz", ".br", ".zst", ".lz4", ".sz":
		return true
	}
	return false
}

// Unsupported is the error for a file whose compression is recognised and cannot be read.
type Unsupported struct {
	Codec string // its name
	Hint  string // what the user can do
	twice bool   // the file can be read, but its text is compressed with Codec
}

func (e *Unsupported) Error() string {
	if e.twice {
		return "the file is compressed twice (" + e.Codec + " inside)"
	}
	return "the file is compressed with " + e.Codec + ", which ph2cio cannot read"
}

// CompressedTwice returns an error if text, the beginning of what a Stream gave, is compressed itself, else
// nil.
func CompressedTwice(text []byte) *Unsupported {
	if c := codecOf(text); c != nil {
		return &Unsupported{Codec: c.name, Hint: "decompress it once and use the result", twice: true}
	}
	return nil
}
