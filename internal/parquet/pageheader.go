package parquet

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// mostPage is how many bytes a page may have, compressed or not. DuckDB writes pages of up to 100 MB.
const mostPage = 128 << 20

// mostHeader is how many bytes the header of a page may have: its statistics may hold the smallest and the
// largest value whole, twice.
const mostHeader = 8 << 20

// readHeader takes the header of the next page.
func (s *section) readHeader() (h *format.PageHeader, err error) {
	for size := 256; ; size *= 4 {
		text, err := s.peek(min(size, mostHeader))
		if err != nil {
			return nil, err
		}
		n, err := checkThrift(text)
		switch {
		case err == nil:
			h, err = decodeHeader(text[:n])
			s.skip(n)
			return h, err
		case errors.Is(err, io.ErrUnexpectedEOF) && len(text) == size:
		case errors.Is(err, io.ErrUnexpectedEOF) && len(text) == mostHeader:
			return nil, errors.New("the page's header is too long")
		default:
			return nil, fmt.Errorf("the page's header is damaged: %w", err)
		}
	}
}

// decodeHeader decodes a header that has been checked.
func decodeHeader(text []byte) (h *format.PageHeader, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the page's header is damaged: %v", p)
		}
	}()
	h = new(format.PageHeader)
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), text, h); err != nil {
		return nil, fmt.Errorf("the page's header is damaged: %w", err)
	}
	return h, nil
}

// checkHeader returns an error if the sizes in a header cannot be right, of which left bytes are left in the
// section.
func checkHeader(h *format.PageHeader, left int64) error {
	if h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || int64(h.CompressedPageSize) > left {
		return errors.New("the page's header is damaged: it says that the page is longer than its column")
	}
	if h.CompressedPageSize > mostPage || h.UncompressedPageSize > mostPage {
		return fmt.Errorf("the page is larger than %d MiB", mostPage>>20)
	}
	return nil
}
