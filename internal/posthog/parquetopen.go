package posthog

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"ph2cio/internal/codec"
	"ph2cio/internal/parquet"
)

// isParquet reports whether a file that begins with head is Parquet, encrypted or not. The magic numbers are
// letters, with which a text may begin too.
func isParquet(head []byte) bool {
	letters := len(parquet.Magic)
	if len(head) < letters || string(head[:letters]) != parquet.Magic && string(head[:letters]) != parquet.EncryptedMagic {
		return false
	}
	return len(head) == letters || !codec.IsText(head[:min(len(head), headSize)])
}

// beginsAsParquet reports whether a file is Parquet, by its beginning.
func beginsAsParquet(at io.ReaderAt) (bool, error) {
	head := make([]byte, headSize)
	n, err := at.ReadAt(head, 0)
	if err == io.EOF {
		err = nil
	}
	return err == nil && isParquet(head[:n]), err
}

// openParquet opens the source as Parquet, which is read at several places at once. It returns why that
// failed.
func (p *pump) openParquet(at io.ReaderAt) *SourceError {
	file, err := parquet.Open(at, p.source.Size)
	if refused, ok := errors.AsType[*parquet.Refused](err); ok {
		return refusedSource(&p.source, refuse(refused.Error(), refused.Hint), parquet.Magic)
	}
	if d, ok := errors.AsType[*codec.Damage](err); ok {
		return p.damage(0, fmt.Errorf("%w; %s", d.Err, usedOf(0)), cmp.Or(d.Hint, "get a new copy of the file"))
	}
	if err != nil {
		return p.unread(err)
	}
	l, refused := parquetLayout(file, p.options)
	if refused != nil {
		return refusedSource(&p.source, refused, parquet.Magic)
	}
	columns := make([]int, len(l.columns))
	for i, c := range l.columns {
		columns[i] = c.index
	}
	p.layout, p.stream, p.codec = l, file.Text(columns, p.options.MaxRow), file.Codec()
	return nil
}

// parquetLayout returns how a file is read.
func parquetLayout(file *parquet.File, o *Options) (*layout, *refusal) {
	if o.persons {
		return personsParquet(file.Columns(), *o)
	}
	return eventsParquet(file.Columns(), *o)
}
