package parquet

import "github.com/parquet-go/parquet-go/format"

// mostNested is how deep columns may be nested.
const mostNested = 100

// topColumns returns the columns at the top of a schema, and the number of columns in each row group.
func topColumns(schema []format.SchemaElement) (columns []Column, leaves int, err error) {
	if len(schema) == 0 {
		return nil, 0, damage("the footer is damaged: it has no schema")
	}
	at, children := 1, max(0, int(schema[0].NumChildren.V))
	columns = make([]Column, 0, min(children, len(schema)))
	for range children {
		if at >= len(schema) {
			return nil, 0, damage("the footer is damaged: its schema ends too soon")
		}
		column := columnOf(&schema[at])
		column.leaf = leaves
		next, within, err := subtree(schema, at)
		if err != nil {
			return nil, 0, err
		}
		columns = append(columns, column)
		at, leaves = next, leaves+within
	}
	if at != len(schema) {
		return nil, 0, damage("the footer is damaged: its schema has %d elements, but uses only %d", len(schema), at)
	}
	return columns, leaves, nil
}

// subtree goes through the element at index at and what is nested in it. It returns the index of the element
// that follows, and how many leaves it has seen.
func subtree(schema []format.SchemaElement, at int) (next, leaves int, err error) {
	open := make([]int32, 1, 8) // for each group that is not complete, how many of its children are missing
	open[0] = 1
	for len(open) > 0 {
		last := len(open) - 1
		if open[last] == 0 {
			open = open[:last]
			continue
		}
		open[last]--
		if at >= len(schema) {
			return 0, 0, damage("the footer is damaged: its schema ends too soon")
		}
		element := &schema[at]
		at++
		children := element.NumChildren.V
		switch {
		case isLeaf(element) && children > 0, children < 0:
			return 0, 0, damage("the footer is damaged: a column of its schema cannot have %d columns within it", children)
		case isLeaf(element):
			leaves++
		case len(open) == mostNested:
			return 0, 0, damage("the footer is damaged: its schema is nested too deep")
		default:
			open = append(open, children)
		}
	}
	return at, leaves, nil
}

func isLeaf(element *format.SchemaElement) bool { return element.Type.Valid }
