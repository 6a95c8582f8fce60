// Package schemacheck checks JSON documents by a JSON schema, as far as package jsonschema uses that language. What
// it does not know in a schema is an error.
package schemacheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Schema is a schema with named definitions. It notes which of their members documents have had.
type Schema struct {
	root *node
	seen map[string]bool // Definition.member
}

// node is the part of the language that is used.
type node struct {
	Dialect     string           `json:"$schema"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Ref         string           `json:"$ref"`
	AnyOf       []*node          `json:"anyOf"`
	Type        any              `json:"type"`
	Format      string           `json:"format"`
	Items       *node            `json:"items"`
	Properties  map[string]*node `json:"properties"`
	Required    []string         `json:"required"`
	Additional  json.RawMessage  `json:"additionalProperties"`
	Definitions map[string]*node `json:"$defs"`
}

// New reads a schema.
func New(text []byte) (*Schema, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	s := &Schema{seen: map[string]bool{}}
	return s, decoder.Decode(&s.root)
}

// Check returns how a document breaks the schema: what is wrong with it by the alternative that it comes closest to.
func (s *Schema) Check(document []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	var least []string
	for _, one := range s.root.AnyOf {
		c := &check{Schema: s, seen: map[string]bool{}}
		c.value(one, value, "", "")
		if len(c.problems) == 0 {
			maps.Copy(s.seen, c.seen)
			return nil
		}
		if least == nil || len(c.problems) < len(least) {
			least = c.problems
		}
	}
	return fmt.Errorf("it is none of the documents of the schema:\n%s", strings.Join(least, "\n"))
}

// Unseen returns the members, as Definition.member, that no document has had.
func (s *Schema) Unseen() (unseen []string) {
	for name, one := range s.root.Definitions {
		for member := range one.Properties {
			if key := name + "." + member; !s.seen[key] {
				unseen = append(unseen, key)
			}
		}
	}
	slices.Sort(unseen)
	return unseen
}

type check struct {
	*Schema
	seen     map[string]bool
	problems []string
}

func (c *check) wrong(at, format string, args ...any) {
	c.problems = append(c.problems, at+": "+fmt.Sprintf(format, args...))
}

// value checks a value at a path. of is the name of the definition that n is, if it is one.
func (c *check) value(n *node, value any, at, of string) {
	if n.Ref != "" {
		name := strings.TrimPrefix(n.Ref, "#/$defs/")
		if c.root.Definitions[name] == nil {
			c.wrong(at, "there is no definition %s", n.Ref)
			return
		}
		c.value(c.root.Definitions[name], value, at, name)
		return
	}
	if n.Type != nil && !c.hasType(n, value) {
		c.wrong(at, "%T is not of type %v", value, n.Type)
		return
	}
	switch v := value.(type) {
	case map[string]any:
		c.object(n, v, at, of)
	case []any:
		for i, one := range v {
			if n.Items != nil {
				c.value(n.Items, one, fmt.Sprintf("%s[%d]", at, i), "")
			}
		}
	case string:
		if _, err := time.Parse(time.RFC3339, v); n.Format == "date-time" && err != nil {
			c.wrong(at, "%v", err)
		}
	}
}

func (c *check) hasType(n *node, value any) bool {
	is := "null"
	switch v := value.(type) {
	case map[string]any:
		is = "object"
	case []any:
		is = "array"
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case json.Number:
		is = "number"
		if _, err := v.Int64(); err == nil && (n.Type == "integer") {
			is = "integer"
		}
	}
	if several, ok := n.Type.([]any); ok {
		return slices.Contains(several, any(is))
	}
	return n.Type == is
}

func (c *check) object(n *node, value map[string]any, at, of string) {
	for _, name := range n.Required {
		if _, ok := value[name]; !ok {
			c.wrong(at, "%s is missing", name)
		}
	}
	for name, one := range value {
		path := at + "." + name
		if known := n.Properties[name]; known != nil {
			c.seen[of+"."+name] = true
			c.value(known, one, path, "")
			continue
		}
		switch {
		case string(n.Additional) == "false":
			c.wrong(path, "the schema has no such member of %s", of)
		case n.Additional != nil:
			var others node
			if err := json.Unmarshal(n.Additional, &others); err != nil {
				c.wrong(path, "%v", err)
				continue
			}
			c.value(&others, one, path, "")
		}
	}
}
