package parquet

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parquet-go/parquet-go/format"
)

// columnReader reads the values of one column in one row group after the other. It holds one page and the
// column's dictionary.
type columnReader struct {
	column  *Column
	memory  *memory
	section section
	codec   format.CompressionCodec
	pages   int   // how many have been read in this row group
	left    int64 // values that the row group has after this page

	page    []byte // the page, not compressed
	inPage  int    // values that are left of it, nulls among them
	nulls   bool   // levels say which values are null
	levels  runs
	values  values
	entries dictionary
	packed  []byte // the memory of the dictionary
	large   largePage

	bytes   plainBytes
	fixed   plainFixed
	bits    plainBits
	runBits runBits
	ints    deltaIntegers
	lengths deltaLengths
	shared  deltaBytes
	split   splitBytes
	indexes indexed
	text    []byte // of the current value, if it is not stored as text
	long    bool   // the current value was too long to be held
}

func newColumnReader(column *Column, m *memory) columnReader {
	return columnReader{column: column, memory: m, section: section{memory: m}, large: largePage{memory: m}}
}

var (
	errChecksum   = errors.New("its checksum does not match")
	errIncomplete = errors.New("the page's header is incomplete")
	errLevels     = errors.New("its definition levels are damaged")
)

// next returns the next value as text.
func (c *columnReader) next() (text []byte, null bool, err error) {
	for c.inPage == 0 {
		if err := c.nextPage(); err != nil {
			return nil, false, err
		}
	}
	c.inPage--
	if c.nulls {
		level, ok := c.levels.next()
		if !ok || level > 1 {
			return nil, false, errLevels
		}
		if level == 0 {
			return nil, true, nil
		}
	}
	c.large.skipped = false
	raw, ok := c.values.next()
	if !ok {
		return nil, false, cmp.Or(c.large.err, errValues)
	}
	if c.long = c.large.skipped; c.long {
		return nil, false, nil
	}
	if c.column.write == nil {
		return raw, false, nil
	}
	c.text, null = c.column.write(c.text[:0], raw)
	return c.text, null, nil
}

// nextPage reads pages up to the next one with values.
func (c *columnReader) nextPage() error {
	if err := c.endPage(); err != nil {
		return err
	}
	if c.section.left() == 0 {
		return fmt.Errorf("it has %d values too few", c.left)
	}
	c.pages++
	c.large.err = nil
	h, err := c.section.readHeader()
	if err != nil {
		return err
	}
	if err := checkHeader(h, c.section.left()); err != nil {
		return err
	}
	if c.isLarge(h) {
		if err := c.largePage(h); err != errWhole {
			return err
		}
	}
	packed, err := c.memory.packed(int(h.CompressedPageSize))
	if err != nil {
		return err
	}
	if err := c.section.take(packed); err != nil {
		return err
	}
	if h.CRC != 0 && crc32.ChecksumIEEE(packed) != uint32(h.CRC) {
		return errChecksum
	}
	switch h.Type {
	case format.DataPage:
		return c.dataPage(h, packed)
	case format.DataPageV2:
		return c.dataPageV2(h, packed)
	case format.DictionaryPage:
		return c.dictionaryPage(h, packed)
	}
	return nil // other kinds have no values
}

// count checks and takes the number of values that a page says it has.
func (c *columnReader) count(values int32) error {
	if values < 0 || int64(values) > c.left {
		return fmt.Errorf("it has %d values, but its row group has only %d more rows", values, c.left)
	}
	c.inPage = int(values)
	c.left -= int64(values)
	return nil
}

// dataPage begins to read a page in which the levels are compressed too.
func (c *columnReader) dataPage(h *format.PageHeader, packed []byte) (err error) {
	header := &h.DataPageHeader.V
	if !h.DataPageHeader.Valid {
		return errIncomplete
	}
	if c.page, err = c.memory.unpack(c.page, c.codec, packed, int(h.UncompressedPageSize)); err != nil {
		return err
	}
	data := c.page
	if c.nulls = c.column.optional; c.nulls {
		end, err := levelsEnd(header, data, len(data))
		if err != nil {
			return err
		}
		c.levels.begin(data[lengthSize:end], 1)
		data = data[end:]
	}
	if err := c.count(header.NumValues); err != nil {
		return err
	}
	return c.beginValues(header.Encoding, data)
}

// unreadable is the error for a part of a page in an encoding that is not read.
type unreadable struct {
	what     string
	encoding format.Encoding
}

func (u unreadable) Error() string {
	return fmt.Sprintf("%s are stored as %s, which ph2cio cannot read", u.what, u.encoding)
}

// levelsEnd returns where the definition levels end in a page of size bytes, which begins with data.
func levelsEnd(header *format.DataPageHeader, data []byte, size int) (int, error) {
	if header.DefinitionLevelEncoding != format.RLE {
		return 0, unreadable{"its definition levels", header.DefinitionLevelEncoding}
	}
	end, ok := endAfterLength(data, size)
	if !ok {
		return 0, errLevels
	}
	return end, nil
}

// dataPageV2 begins to read a page in which only the values are compressed.
func (c *columnReader) dataPageV2(h *format.PageHeader, packed []byte) (err error) {
	header := &h.DataPageHeaderV2.V
	repetition, definition, err := levelSizes(h)
	if err != nil {
		return err
	}
	size := int(h.UncompressedPageSize) - repetition - definition
	levels, packed := packed[repetition:repetition+definition], packed[repetition+definition:]
	if c.page, err = c.memory.unpackAfter(c.page, levels, c.codecV2(h, size), packed, size); err != nil {
		return err
	}
	if c.nulls = c.column.optional && definition > 0; c.nulls {
		c.levels.begin(c.page[:definition], 1)
	}
	if err := c.count(header.NumValues); err != nil {
		return err
	}
	return c.beginValues(header.Encoding, c.page[definition:])
}

// levelSizes returns how many bytes the levels at the beginning of a page have.
func levelSizes(h *format.PageHeader) (repetition, definition int, err error) {
	header := &h.DataPageHeaderV2.V
	if !h.DataPageHeaderV2.Valid {
		return 0, 0, errIncomplete
	}
	repetition, definition = int(header.RepetitionLevelsByteLength), int(header.DefinitionLevelsByteLength)
	most := int64(min(h.UncompressedPageSize, h.CompressedPageSize))
	if repetition < 0 || definition < 0 || int64(repetition)+int64(definition) > most {
		return 0, 0, errLevels
	}
	return repetition, definition, nil
}

// codecV2 returns the codec of the values of a page, which have size bytes.
func (c *columnReader) codecV2(h *format.PageHeader, size int) format.CompressionCodec {
	compressed := h.DataPageHeaderV2.V.IsCompressed
	if compressed.Valid && !compressed.V || size == 0 && h.CompressedPageSize == h.UncompressedPageSize {
		return format.Uncompressed
	}
	return c.codec
}

// dictionaryPage reads the column's dictionary.
func (c *columnReader) dictionaryPage(h *format.PageHeader, packed []byte) (err error) {
	header := &h.DictionaryPageHeader.V
	switch {
	case !h.DictionaryPageHeader.Valid || header.NumValues < 0:
		return errIncomplete
	case c.entries.known:
		return errors.New("the column has two dictionaries")
	case header.Encoding != format.Plain && header.Encoding != plainDictionary:
		return unreadable{"the values of its dictionary", header.Encoding}
	}
	if c.packed, err = c.memory.unpack(c.packed, c.codec, packed, int(h.UncompressedPageSize)); err != nil {
		return err
	}
	return c.entries.begin(c.packed, sizeOfType(c.column.physical, c.column.length), int(header.NumValues), c.memory)
}

// plainDictionary is what old files call the encodings of dictionaries and of indexes into them. The library
// has deprecated it for writers.
const plainDictionary format.Encoding = 2

// beginValues begins to read the values of a page.
func (c *columnReader) beginValues(encoding format.Encoding, data []byte) error {
	physical := c.column.physical
	size := sizeOfType(physical, c.column.length)
	integers := physical == format.Int32 || physical == format.Int64
	switch {
	case encoding == format.Plain && physical == format.Boolean:
		c.bits = plainBits{data: data}
		c.values = &c.bits
	case encoding == format.Plain && size > 0:
		c.fixed = plainFixed{data, size}
		c.values = &c.fixed
	case encoding == format.Plain:
		c.bytes = plainBytes{stretch{data: data}}
		c.values = &c.bytes
	case encoding == format.RLEDictionary, encoding == plainDictionary:
		c.values = &c.indexes
		return c.indexes.begin(data, &c.entries)
	case encoding == format.RLE && physical == format.Boolean:
		c.values = &c.runBits
		return c.runBits.begin(data)
	case encoding == format.DeltaBinaryPacked && integers:
		c.values, c.ints.size = &c.ints, size
		return c.ints.begin(data)
	case encoding == format.DeltaLengthByteArray && physical == format.ByteArray:
		c.values = &c.lengths
		return c.lengths.begin(data)
	case encoding == format.DeltaByteArray && (physical == format.ByteArray || physical == format.FixedLenByteArray):
		c.values = &c.shared
		return c.shared.begin(data, size, c.memory)
	case encoding == format.ByteStreamSplit && size > 0:
		c.values = &c.split
		return c.split.begin(data, size)
	default:
		return unreadable{"its values", encoding}
	}
	return nil
}
