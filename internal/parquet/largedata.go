package parquet

import (
	"cmp"

	"github.com/parquet-go/parquet-go/format"
)

// isLarge reports whether a page is to be read piece by piece: if it is large and its values come one after
// the other.
func (c *columnReader) isLarge(h *format.PageHeader) bool {
	_, encoding := valuesOf(h)
	return int(h.UncompressedPageSize) > c.memory.whole && (h.Type == format.DataPage || h.Type == format.DataPageV2) &&
		c.column.physical == format.ByteArray && (encoding == format.Plain || encoding == format.DeltaLengthByteArray)
}

// valuesOf returns how many values a page has, and how they are stored.
func valuesOf(h *format.PageHeader) (n int32, encoding format.Encoding) {
	if h.Type == format.DataPageV2 {
		return h.DataPageHeaderV2.V.NumValues, h.DataPageHeaderV2.V.Encoding
	}
	return h.DataPageHeader.V.NumValues, h.DataPageHeader.V.Encoding
}

// largePage begins to read a page for which isLarge is true. If it returns errWhole, nothing of the page has
// been read.
func (c *columnReader) largePage(h *format.PageHeader) error {
	packed := c.section.part(int64(h.CompressedPageSize))
	if err := c.large.checksum(packed, h.CRC); err != nil {
		return err
	}
	begin := c.largeV1
	if h.Type == format.DataPageV2 {
		begin = c.largeV2
	}
	data, err := begin(h, packed)
	if err != nil {
		return err
	}
	c.section.skipTo(packed)
	n, encoding := valuesOf(h)
	if err := c.count(n); err != nil {
		return err
	}
	if encoding == format.DeltaLengthByteArray {
		c.values = &c.lengths
		return c.lengths.beginLarge(data, &c.large)
	}
	c.bytes = plainBytes{stretch{data, &c.large}}
	c.values = &c.bytes
	return nil
}

// largeV1 begins to read a page in which the levels are compressed too. It returns the first values.
func (c *columnReader) largeV1(h *format.PageHeader, packed section) (data []byte, err error) {
	if err := c.large.begin(packed, c.codec, int(h.UncompressedPageSize)); err != nil {
		return nil, err
	}
	if c.nulls = c.column.optional; !c.nulls {
		return nil, nil
	}
	data = c.large.more(nil, lengthSize)
	end, err := levelsEnd(&h.DataPageHeader.V, data, int(h.UncompressedPageSize))
	if err != nil {
		return nil, cmp.Or(c.large.err, err)
	}
	if data = c.large.more(data, end); len(data) < end {
		return nil, c.large.err
	}
	return data[end:], c.beginLevels(data[lengthSize:end])
}

// largeV2 does the same for a page in which only the values are compressed.
func (c *columnReader) largeV2(h *format.PageHeader, packed section) (data []byte, err error) {
	repetition, definition, err := levelSizes(h)
	if err != nil {
		return nil, err
	}
	if c.page, err = c.memory.grown(c.page, repetition+definition); err != nil {
		return nil, err
	}
	if err := packed.take(c.page); err != nil {
		return nil, err
	}
	if c.nulls = c.column.optional && definition > 0; c.nulls {
		c.levels.begin(c.page[repetition:], 1)
	}
	size := int(h.UncompressedPageSize) - repetition - definition
	return nil, c.large.begin(packed, c.codecV2(h, size), size)
}

// beginLevels begins to read levels that are copied, since values follow where they are.
func (c *columnReader) beginLevels(levels []byte) (err error) {
	if c.page, err = c.memory.grown(c.page, len(levels)); err != nil {
		return err
	}
	copy(c.page, levels)
	c.levels.begin(c.page, 1)
	return nil
}
