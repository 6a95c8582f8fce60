package parquet

import "github.com/parquet-go/parquet-go/format"

// columnOf describes a column by its element of the schema. It leaves leaf to its caller.
func columnOf(element *format.SchemaElement) Column {
	c := Column{
		Name:     element.Name,
		physical: element.Type.V,
		length:   int(element.TypeLength.V),
		optional: element.RepetitionType.V == format.Optional,
	}
	switch {
	case !isLeaf(element):
		c.Kind, c.Type, c.Trouble = Nested, "STRUCT", "it is nested (STRUCT)"
	case element.RepetitionType.V == format.Repeated:
		c.Kind, c.Type, c.Trouble = Nested, "LIST", "it is nested (LIST)"
	default:
		c.Kind, c.Type = Text, "STRING"
	}
	return c
}
