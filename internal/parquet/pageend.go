package parquet

import "errors"

// errLeft is the error of a page with values that no row has.
var errLeft = errors.New("it has more values than its header says")

// endPage returns an error if a page has more values than its header says. Otherwise the values of the pages
// that follow would come to rows of others. Of booleans and of indexes into a dictionary some more may stand
// at the end, to fill up bytes.
func (c *columnReader) endPage() error {
	left := false
	switch v := c.values.(type) {
	case *plainBytes:
		left = len(v.data) > 0 || v.page != nil && v.page.left > 0
	case *plainFixed:
		left = len(v.data) > 0
	case *deltaIntegers:
		left = v.left > 0
	case *deltaLengths:
		left = v.lengths.left > 0
	case *deltaBytes:
		left = v.same.left > 0
	case *splitBytes:
		left = v.index < v.count
	}
	if c.values = nil; left {
		return errLeft
	}
	return nil
}
