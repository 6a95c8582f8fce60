package parquet

import (
	"encoding/binary"
	"errors"
	"io"
)

// Limits of a Thrift struct that checkThrift accepts.
const (
	thriftDepth  = 32        // structs, lists and maps within each other
	thriftBudget = 128 << 20 // bytes that decoding may allocate
	structCost   = 768       // bytes allocated for a struct in a list, at most: format.ColumnChunk is the largest
	elementCost  = 24        // bytes allocated for another element of a list, at most
)

var (
	errThrift      = errors.New("it is not in Thrift's compact protocol")
	errThriftDeep  = errors.New("it is nested too deep")
	errThriftLarge = errors.New("it is too large")
)

// Types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftI8     = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13
)

// checkThrift checks the struct at the beginning of b, in Thrift's compact protocol, before a library decodes
// it: that its lengths stay within b, that it is not nested too deep, and that decoding needs little memory.
// It returns the length of the struct in bytes. The error is io.ErrUnexpectedEOF if b ends within the struct.
// It allocates nothing.
func checkThrift(b []byte) (n int, err error) {
	c := thriftChecker{b: b, budget: thriftBudget}
	if err := c.fields(thriftDepth); err != nil {
		return 0, err
	}
	return c.at, nil
}

// thriftChecker is the place that checkThrift has reached.
type thriftChecker struct {
	b      []byte
	at     int
	budget int // bytes that may still be allocated
}

// fields checks the fields of a struct up to its end. depth is how deep what is in the struct may be nested.
func (c *thriftChecker) fields(depth int) error {
	if depth == 0 {
		return errThriftDeep
	}
	for {
		head, err := c.byte()
		if err != nil || head == 0 {
			return err
		}
		if head>>4 == 0 { // the field's number is not given as a difference
			if _, err := c.uvarint(); err != nil {
				return err
			}
		}
		if kind := head & 15; kind != thriftTrue && kind != thriftFalse { // the value of a boolean field is in its type
			if err := c.value(kind, depth-1); err != nil {
				return err
			}
		}
	}
}

// value checks a value of a type: a field's, an element's, a key's.
func (c *thriftChecker) value(kind byte, depth int) error {
	switch kind {
	case thriftTrue, thriftFalse, thriftI8:
		return c.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, err := c.uvarint()
		return err
	case thriftDouble:
		return c.skip(8)
	case thriftUUID:
		return c.skip(16)
	case thriftBinary:
		n, err := c.uvarint()
		if err != nil {
			return err
		}
		if err := c.spend(n, 1); err != nil {
			return err
		}
		return c.skip(int(n))
	case thriftList, thriftSet:
		return c.list(depth)
	case thriftMap:
		return c.pairs(depth)
	case thriftStruct:
		return c.fields(depth)
	}
	return errThrift
}

// list checks a list or a set.
func (c *thriftChecker) list(depth int) error {
	if depth == 0 {
		return errThriftDeep
	}
	head, err := c.byte()
	if err != nil {
		return err
	}
	n, kind := uint64(head>>4), head&15
	if n == 15 {
		if n, err = c.uvarint(); err != nil {
			return err
		}
	}
	cost := elementCost
	if kind == thriftStruct {
		cost = structCost
	}
	if err := c.spend(n, cost); err != nil {
		return err
	}
	for range n {
		if err := c.value(kind, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// pairs checks a map.
func (c *thriftChecker) pairs(depth int) error {
	if depth == 0 {
		return errThriftDeep
	}
	n, err := c.uvarint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := c.byte()
	if err != nil {
		return err
	}
	if err := c.spend(n, 2*elementCost); err != nil {
		return err
	}
	for range n {
		if err := c.value(kinds>>4, depth-1); err != nil {
			return err
		}
		if err := c.value(kinds&15, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// spend takes what n elements cost from the budget.
func (c *thriftChecker) spend(n uint64, cost int) error {
	if n > uint64(c.budget/cost) {
		return errThriftLarge
	}
	c.budget -= int(n) * cost
	return nil
}

func (c *thriftChecker) byte() (byte, error) {
	if c.at == len(c.b) {
		return 0, io.ErrUnexpectedEOF
	}
	c.at++
	return c.b[c.at-1], nil
}

func (c *thriftChecker) skip(n int) error {
	if n > len(c.b)-c.at {
		return io.ErrUnexpectedEOF
	}
	c.at += n
	return nil
}

func (c *thriftChecker) uvarint() (uint64, error) {
	v, n := binary.Uvarint(c.b[c.at:])
	switch {
	case n > 0:
		c.at += n
		return v, nil
	case n == 0:
		return 0, io.ErrUnexpectedEOF
	}
	return 0, errThrift
}
