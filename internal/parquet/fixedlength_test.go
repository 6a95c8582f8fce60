package parquet_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"

	"ph2cio/internal/codec"
	ours "ph2cio/internal/parquet"
	"ph2cio/internal/testkit/parquets"
)

// TestFixedLengthsThatDoNotHold has pages whose values are shorter or longer than the schema says that all are, which
// DELTA_BYTE_ARRAY alone can express.
func TestFixedLengthsThatDoNotHold(t *testing.T) {
	for _, length := range []byte{0, 2, 15, 17} {
		var file bytes.Buffer
		node := parquet.Encoded(parquet.UUID(), &parquet.DeltaByteArray)
		w := parquet.NewWriter(&file, parquet.NewSchema("schema", parquet.Group{"id": node}), parquet.Compression(&parquet.Uncompressed))
		id := uuid.MustParse("0195602e-7a11-7c3e-9d55-000000000001")
		if _, err := w.WriteRows([]parquet.Row{{parquet.ValueOf(id)}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		parts := parquets.Take(t, file.Bytes())
		page := parts.Groups[0].Columns[0].Pages[0]
		one := []byte{0x80, 1, 4, 1} // differences in blocks of 128 and 4 miniblocks: 1 of them
		data := append(append(append(bytes.Clone(one), 0), one...), 2*length)
		data = append(data, bytes.Repeat([]byte{'x'}, int(length))...)
		page.SetData(data)
		page.Header.UncompressedPageSize = int32(len(data))
		damaged := parts.File(t)
		f, err := ours.Open(bytes.NewReader(damaged), int64(len(damaged)))
		if err != nil {
			t.Fatal(err)
		}
		text := f.Text([]int{0}, 1<<20)
		got, err := io.ReadAll(text)
		if _, gap := errors.AsType[*codec.Gap](err); !gap || len(got) > 0 {
			t.Errorf("%d bytes: %q, %v; want a gap", length, got, err)
		}
		text.Close()
	}
}
