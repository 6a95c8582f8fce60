package posthog

import (
	"context"
	"errors"
	"io"

	"ph2cio/internal/codec"
	"ph2cio/internal/parquet"
	"ph2cio/internal/source"
)

// ParquetShape is the Chunk.Shape of Parquet files of events.
const ParquetShape = "Parquet"

// ParquetFile is what the footer of a Parquet file says about it.
type ParquetFile struct {
	Codec   string // by which its pages are compressed, as "zstd" or "snappy, zstd"; empty if they are not
	Groups  int    // row groups
	Columns []ParquetColumn
}

// ParquetColumn is a column at the top of a Parquet file's schema.
type ParquetColumn struct {
	Name    string // text from outside
	Type    string // as "STRING" or "TIMESTAMP(MICROS, UTC)"
	Read    bool   // Read takes values from it
	Trouble string // why Read cannot take values from it, as "it is nested (MAP)"; empty if it can
}

// Parquet reads the footer of a source and says which columns Read takes values from with these options. If
// Read refuses the file it takes values from none. Parquet returns nil if the source is not Parquet, or if
// its footer cannot be read. An error that is not nil comes from opening or reading the source, or from ctx.
func Parquet(ctx context.Context, s source.Source, options Options) (*ParquetFile, error) {
	file, err := s.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	at, _ := file.(io.ReaderAt)
	if at == nil {
		return nil, nil
	}
	if is, err := beginsAsParquet(at); !is {
		return nil, err
	}
	opened, err := parquet.Open(at, s.Size)
	_, damaged := errors.AsType[*codec.Damage](err)
	_, refused := errors.AsType[*parquet.Refused](err)
	if damaged || refused {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return describeParquet(opened, options), nil
}

func describeParquet(file *parquet.File, options Options) *ParquetFile {
	found := &ParquetFile{Codec: file.Codec(), Groups: file.Groups()}
	for _, c := range file.Columns() {
		found.Columns = append(found.Columns, ParquetColumn{Name: c.Name, Type: c.Type, Trouble: c.Trouble})
	}
	if l, refused := eventsParquet(file.Columns(), options); refused == nil {
		for _, c := range l.columns {
			found.Columns[c.index].Read = true
		}
	}
	return found
}
