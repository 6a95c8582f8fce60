package mappingfile

import (
	"bytes"
	"encoding/json"
	"maps"
)

// schema is a JSON schema, or a part of one.
type schema map[string]any

// Known is a flag that settings can have.
type Known struct {
	Name    string // without --
	Default string // as it is typed; empty for none
	Does    string
}

// Schema returns the JSON schema of mapping files (draft 2020-12), which lets editors complete and check
// them. It has the keys that Read knows, and the settings that are given; without any it allows all.
func Schema(settings []Known) []byte {
	s := fileKeys.schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "ph2cio mapping file"
	s["type"] = []string{"object", "null"} // a file may have comments only
	properties := s["properties"].(schema)
	properties["settings"] = settingsSchema(settings, fileKeys.keys[0].does)
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		panic(err) // it has texts, lists and maps only
	}
	return out.Bytes()
}

var (
	scalarSchema = schema{"type": []string{"string", "number", "boolean"}}
	anyOrList    = []any{scalarSchema, schema{"type": "array", "items": scalarSchema}}
)

func settingsSchema(settings []Known, does string) schema {
	properties := schema{}
	for _, known := range settings {
		one := schema{"description": known.Does, "anyOf": anyOrList}
		if known.Default != "" {
			one["default"] = known.Default
		}
		properties[known.Name] = one
	}
	s := schema{"type": []string{"object", "null"}, "description": does, "properties": properties}
	if len(settings) > 0 {
		s["additionalProperties"] = false
	} else {
		s["additionalProperties"] = schema{"anyOf": anyOrList}
	}
	return s
}

// schema returns the schema of an object.
func (o *object[T]) schema() schema {
	properties := schema{}
	var required []string
	for _, k := range o.keys {
		one := schema{"description": k.does}
		maps.Copy(one, k.schema)
		if k.mayBeNil {
			one["type"] = []any{one["type"], "null"}
		}
		properties[k.name] = one
		if k.required {
			required = append(required, k.name)
		}
	}
	s := schema{"type": "object", "description": o.does, "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

func listOf[T any](o *object[T]) schema { return schema{"type": "array", "items": o.schema()} }

func textLike(examples ...any) schema { return schema{"type": "string", "examples": examples} }

func textOrList(examples ...any) schema {
	text := schema{"type": "string", "minLength": 1}
	return schema{"anyOf": []any{text, schema{"type": "array", "items": text, "minItems": 1}}, "examples": append(examples, examples)}
}

func values(example schema) schema {
	return schema{"type": "object", "additionalProperties": scalarSchema, "minProperties": 1, "examples": []any{example}}
}

func jsonObjects(examples ...string) schema {
	s := schema{"type": "array", "items": schema{"type": "object"}}
	all := []any{}
	for _, example := range examples {
		all = append(all, json.RawMessage(example))
	}
	s["examples"] = []any{all}
	return s
}
