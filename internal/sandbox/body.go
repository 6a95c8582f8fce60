package sandbox

import (
	"bytes"
	"io"
	"net/http"
)

// readBody returns at most keep+1 bytes of the body, and its whole size.
func readBody(r *http.Request, keep int) (body []byte, size int64, err error) {
	if r.Body == nil {
		return nil, 0, nil
	}
	var kept bytes.Buffer
	if r.ContentLength > 0 {
		kept.Grow(int(min(r.ContentLength, int64(keep)+1)) + bytes.MinRead)
	}
	if _, err = kept.ReadFrom(io.LimitReader(r.Body, int64(keep)+1)); err != nil {
		return nil, int64(kept.Len()), err
	}
	more, err := io.Copy(io.Discard, r.Body)
	return kept.Bytes(), int64(kept.Len()) + more, err
}
