package parquet

import (
	"errors"

	"ph2cio/internal/codec"
)

// checkJoined finds several files one after the other, as a shell's cat makes them. The footer that such a
// file ends with is that of the last one, and the places that it names are counted from the start of that
// one: its parts end as many bytes before the footer as the files before it have. end is where the footer
// begins.
func (f *File) checkJoined(end int64) error {
	const seam = Magic + Magic // the end of one file, and the start of the next
	before := end - f.partsEnd()
	if before < int64(len(Magic)+trailerSize) {
		return nil
	}
	text := make([]byte, len(seam))
	if err := readAt(f.at, text, before-int64(len(Magic))); err != nil {
		return err
	}
	if string(text) != seam {
		return nil
	}
	return &codec.Damage{
		Err:  errors.New("several Parquet files are in it, one after the other"),
		Hint: "give ph2cio the files themselves: Parquet files cannot be joined end to end",
	}
}

// partsEnd returns where the last part that the footer names ends.
func (f *File) partsEnd() (end int64) {
	end = int64(len(Magic))
	for i := range f.meta.RowGroups {
		for j := range f.meta.RowGroups[i].Columns {
			c := &f.meta.RowGroups[i].Columns[j]
			start, size := pagesOf(&c.MetaData)
			end = max(end, start+size, c.ColumnIndexOffset+int64(c.ColumnIndexLength), c.OffsetIndexOffset+int64(c.OffsetIndexLength),
				c.MetaData.BloomFilterOffset+int64(c.MetaData.BloomFilterLength))
		}
	}
	return end
}
