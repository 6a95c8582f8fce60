// Package jsonschema writes the JSON schema (draft 2020-12, json-schema.org) of documents that encoding/json makes
// of Go types. Each struct becomes a definition under its own name that takes no other members.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Document is one kind of document.
type Document struct {
	Name        string // of its definition
	Title       string
	Description string
	Type        reflect.Type // a struct
}

// Texts are the descriptions of members by type and name, as in `Rows.read`, of which each has one.
type Texts map[string]string

// Schema is the schema of several kinds of documents.
type Schema struct {
	Title       string
	Description string
	Documents   []Document
	Texts       Texts
	// Names are names of definitions for types that are to have others than their own.
	Names map[reflect.Type]string
	// Raw has the types of members that are JSON already, by type and name; those that it lacks may be anything.
	Raw map[string]reflect.Type
}

// node is a schema, or a part of one.
type node struct {
	Dialect     string   `json:"$schema,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Ref         string   `json:"$ref,omitempty"`
	AnyOf       []*node  `json:"anyOf,omitempty"`
	Type        any      `json:"type,omitempty"` // a name, or several
	Format      string   `json:"format,omitempty"`
	Items       *node    `json:"items,omitempty"`
	Properties  members  `json:"properties,omitempty"`
	Required    []string `json:"required,omitempty"`
	Additional  any      `json:"additionalProperties,omitempty"` // false, or a node
	Definitions members  `json:"$defs,omitempty"`
}

// members are an object in its own order.
type members []member

type member struct {
	name  string
	value *node
}

// MarshalJSON writes the members in their order.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writer collects the definitions of types.
type writer struct {
	*Schema
	definitions members
	names       map[string]reflect.Type
	unused      Texts // texts of members that no type has
	problems    []string
}

// JSON returns the schema as an indented document. The error lists members without a text, texts without a member,
// and types that have the same name.
func (s *Schema) JSON() ([]byte, error) {
	w := &writer{Schema: s, names: map[string]reflect.Type{}, unused: Texts{}}
	for key := range s.Texts {
		w.unused[key] = ""
	}
	root := &node{Dialect: "https://json-schema.org/draft/2020-12/schema", Title: s.Title, Description: s.Description}
	var documents members
	for _, one := range s.Documents {
		documents = append(documents, member{one.Name, &node{Title: one.Title, Description: one.Description, Ref: w.of(one.Type).Ref}})
		root.AnyOf = append(root.AnyOf, &node{Ref: reference(one.Name)})
	}
	slices.SortFunc(w.definitions, func(a, b member) int { return strings.Compare(a.name, b.name) })
	root.Definitions = append(documents, w.definitions...)
	for key := range w.unused {
		w.problems = append(w.problems, key+" is described, and no type has it")
	}
	if len(w.problems) > 0 {
		slices.Sort(w.problems)
		return nil, fmt.Errorf("%s", strings.Join(w.problems, "\n"))
	}
	text, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	var laid bytes.Buffer
	if err := json.Indent(&laid, text, "", "  "); err != nil {
		return nil, err
	}
	laid.WriteByte('\n')
	return laid.Bytes(), nil
}

func reference(name string) string { return "#/$defs/" + name }

var (
	rawType  = reflect.TypeFor[json.RawMessage]()
	timeType = reflect.TypeFor[time.Time]()
)

// of returns the schema of a type, which for a struct is a reference.
func (w *writer) of(t reflect.Type) *node {
	switch {
	case t == rawType:
		return &node{}
	case t == timeType:
		return &node{Type: "string", Format: "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.of(t.Elem())
	case reflect.Struct:
		w.define(t)
		return &node{Ref: reference(w.nameOf(t))}
	case reflect.Slice:
		return &node{Type: "array", Items: w.of(t.Elem())}
	case reflect.Map:
		return &node{Type: "object", Additional: w.of(t.Elem())}
	case reflect.String:
		return &node{Type: "string"}
	case reflect.Bool:
		return &node{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &node{Type: "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &node{Type: "integer"}
	}
	w.problems = append(w.problems, t.String()+" has no schema")
	return &node{}
}

// nameOf is the name of a type as a definition, which begins with a capital letter.
func (w *writer) nameOf(t reflect.Type) string {
	if name := w.Names[t]; name != "" {
		return name
	}
	return strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// define adds the definition of a struct, if it is not there yet.
func (w *writer) define(t reflect.Type) {
	name := w.nameOf(t)
	if other, ok := w.names[name]; ok {
		if other != t {
			w.problems = append(w.problems, fmt.Sprintf("%s and %s have the same name", other, t))
		}
		return
	}
	w.names[name] = t
	object := &node{Type: "object", Additional: false}
	w.addMembers(object, t)
	w.definitions = append(w.definitions, member{name, object})
}

// addMembers adds the members that encoding/json writes for the fields of a struct.
func (w *writer) addMembers(object *node, t reflect.Type) {
	for field := range t.Fields() {
		name, options, tagged := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-" || !field.IsExported() && !field.Anonymous:
		case field.Anonymous && name == "":
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			w.addMembers(object, inner)
		default:
			optional := tagged && (strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"))
			w.addMember(object, w.nameOf(t)+"."+name, name, field.Type, optional)
		}
	}
}

// addMember adds a member with its text. What is left out when it is empty is never null; other lists, maps and
// pointers are null if nothing was ever put into them.
func (w *writer) addMember(object *node, key, name string, t reflect.Type, optional bool) {
	text, ok := w.Texts[key]
	if !ok || text == "" {
		w.problems = append(w.problems, key+" has no description")
	}
	delete(w.unused, key)
	if raw, ok := w.Raw[key]; ok {
		t = raw
	}
	value := w.of(t)
	if kind := t.Kind(); !optional && t != rawType && (kind == reflect.Slice || kind == reflect.Map) {
		value.Type = []string{value.Type.(string), "null"}
	}
	value.Description = text
	if !optional {
		object.Required = append(object.Required, name)
	}
	object.Properties = append(object.Properties, member{name, value})
}
