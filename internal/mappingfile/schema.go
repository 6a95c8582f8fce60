package mappingfile

import "encoding/json"

// schema is a JSON schema, or a part of one.
type schema map[string]any

var (
	scalarSchema = schema{"type": []string{"string", "number", "boolean"}}
	anyOrList    = []any{scalarSchema, schema{"type": "array", "items": scalarSchema}}
)

// textLike returns the schema of a text.
func textLike(examples ...any) schema { return schema{"type": "string", "examples": examples} }

// textOrList returns the schema of a text or a list of texts.
func textOrList(examples ...any) schema {
	text := schema{"type": "string", "minLength": 1}
	return schema{"anyOf": []any{text, schema{"type": "array", "items": text, "minItems": 1}}, "examples": append(examples, examples)}
}

// values returns the schema of names with values.
func values(example schema) schema {
	return schema{"type": "object", "additionalProperties": scalarSchema, "minProperties": 1, "examples": []any{example}}
}

// jsonObjects returns the schema of a list of any objects.
func jsonObjects(examples ...string) schema {
	s := schema{"type": "array", "items": schema{"type": "object"}}
	all := []any{}
	for _, example := range examples {
		all = append(all, json.RawMessage(example))
	}
	s["examples"] = []any{all}
	return s
}
