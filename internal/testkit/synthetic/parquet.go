package synthetic

import (
	"fmt"
	"io"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// ParquetLayout says how WriteParquet lays rows out.
type ParquetLayout struct {
	Group int64          // a row group ends once its cells hold so many bytes; 0 is 60 MB, as in PostHog's batch exports
	Page  int            // a page of a column ends once its cells hold so many bytes; 0 is 1 MB, as in PostHog's batch exports
	Codec compress.Codec // compresses the pages; nil leaves them as they are
}

// parquetColumns are the columns of PostHog's batch exports of events. Every one may be null.
type parquetColumns struct {
	UUID             string `parquet:"uuid,optional,plain"`
	Event            string `parquet:"event,optional,dict"`
	DistinctID       string `parquet:"distinct_id,optional,dict"`
	PersonID         string `parquet:"person_id,optional,dict"`
	Properties       string `parquet:"properties,optional,plain"`
	PersonProperties string `parquet:"person_properties,optional,plain"`
	ElementsChain    string `parquet:"elements_chain,optional,dict"`
	Timestamp        int64  `parquet:"timestamp,optional,timestamp(microsecond)"`
	CreatedAt        int64  `parquet:"created_at,optional,timestamp(microsecond)"`
	InsertedAt       int64  `parquet:"_inserted_at,optional,timestamp(microsecond)"`
}

// WriteParquet makes the export that Write makes as JSON lines as a Parquet file; the shape in the options is
// not used. Rows that are not valid have properties that are not JSON, or no cells at all. It takes the memory of a
// compressed row group and of some pages of the largest column. Written.Bytes are those of the cells, not of the
// file. An error is w's.
func WriteParquet(w io.Writer, o Options, layout ParquetLayout) (Written, error) {
	if layout.Group <= 0 {
		layout.Group = 60_000_000
	}
	if layout.Page <= 0 {
		layout.Page = 1 << 20
	}
	options := []parquet.WriterOption{
		parquet.SchemaOf(parquetColumns{}), parquet.PageBufferSize(layout.Page), parquet.DataPageVersion(1), parquet.DataPageStatistics(false),
		parquet.SkipPageBounds("properties"), parquet.SkipPageBounds("person_properties"),
	}
	if layout.Codec != nil {
		options = append(options, parquet.Compression(layout.Codec))
	}
	file := parquet.NewGenericWriter[any](w, options...)
	cells := parquetCells{columns: file.ColumnWriters()}
	g := newGenerator(o)
	written := Written{}
	group := int64(0) // bytes of cells before this row group
	for n := range o.Rows {
		r := g.row(n)
		if r.copied {
			written.Duplicates++
		}
		if r.broken != whole {
			written.Invalid++
		}
		cells.write(r)
		if cells.bytes-group >= layout.Group && cells.err == nil {
			cells.err = file.Flush()
			group = cells.bytes
		}
		if cells.err != nil {
			return written, fmt.Errorf("write synthetic row %d: %w", n, cells.err)
		}
		written.Rows++
	}
	written.Bytes = cells.bytes
	if err := file.Close(); err != nil {
		return written, fmt.Errorf("finish a synthetic Parquet file: %w", err)
	}
	return written, nil
}

// parquetCells writes rows cell by cell, and keeps the first error.
type parquetCells struct {
	columns []*parquet.ColumnWriter
	next    int // the column of the next cell
	bytes   int64
	err     error
	cell    [1]parquet.Value
	text    []byte
}

func (c *parquetCells) write(r *row) {
	c.next = 0
	if r.broken == notARow {
		for range c.columns {
			c.put(parquet.NullValue(), 0)
		}
		return
	}
	c.put(parquet.ByteArrayValue(r.uuid), len(r.uuid))
	c.put(c.string(r.name()))
	c.put(parquet.ByteArrayValue(r.distinctID), len(r.distinctID))
	c.put(parquet.ByteArrayValue(r.personID), len(r.personID))
	properties := r.properties
	if r.broken == cutOff {
		properties = properties[:1+r.shuffle.IntN(len(properties)-1)]
	}
	c.json(properties)
	c.json(r.personProperties)
	c.put(c.string(r.elements))
	c.time(r.at)
	c.time(r.createdAt)
	c.time(r.insertedAt)
}

// put writes the next cell of the row, which holds size bytes.
func (c *parquetCells) put(cell parquet.Value, size int) {
	defined := 1
	if cell.IsNull() {
		defined = 0
	}
	c.cell[0] = cell.Level(0, defined, c.next)
	if c.err == nil {
		_, c.err = c.columns[c.next].WriteRowValues(c.cell[:])
	}
	c.next++
	c.bytes += int64(size)
}

func (c *parquetCells) string(text string) (parquet.Value, int) {
	c.text = append(c.text[:0], text...)
	return parquet.ByteArrayValue(c.text), len(text)
}

// json writes an object, and an empty one as null.
func (c *parquetCells) json(object []byte) {
	if len(object) == 0 || string(object) == "{}" {
		c.put(parquet.NullValue(), 0)
		return
	}
	c.put(parquet.ByteArrayValue(object), len(object))
}

func (c *parquetCells) time(t time.Time) { c.put(parquet.Int64Value(t.UnixMicro()), 8) }
