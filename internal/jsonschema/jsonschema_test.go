package jsonschema

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type inner struct {
	Count int `json:"count"`
}

type outer struct {
	inner
	Name   string           `json:"name,omitempty"`
	At     time.Time        `json:"at,omitzero"`
	Parts  []*inner         `json:"parts"`
	By     map[string]int64 `json:"by,omitempty"`
	Raw    json.RawMessage  `json:"raw"`
	Hidden string           `json:"-"`
}

func TestASchemaIsThatOfTheTypes(t *testing.T) {
	s := &Schema{
		Title: "All", Documents: []Document{{Name: "one", Title: "One", Type: reflect.TypeFor[outer]()}},
		Texts: Texts{"Inner.count": "how many", "Outer.name": "its name", "Outer.at": "when", "Outer.parts": "its parts", "Outer.by": "by kind", "Outer.raw": "anything"},
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "All",
  "anyOf": [
    {
      "$ref": "#/$defs/one"
    }
  ],
  "$defs": {
    "one": {
      "title": "One",
      "$ref": "#/$defs/Outer"
    },
    "Inner": {
      "type": "object",
      "properties": {
        "count": {
          "description": "how many",
          "type": "integer"
        }
      },
      "required": [
        "count"
      ],
      "additionalProperties": false
    },
    "Outer": {
      "type": "object",
      "properties": {
        "count": {
          "description": "how many",
          "type": "integer"
        },
        "name": {
          "description": "its name",
          "type": "string"
        },
        "at": {
          "description": "when",
          "type": "string",
          "format": "date-time"
        },
        "parts": {
          "description": "its parts",
          "type": [
            "array",
            "null"
          ],
          "items": {
            "$ref": "#/$defs/Inner"
          }
        },
        "by": {
          "description": "by kind",
          "type": "object",
          "additionalProperties": {
            "type": "integer"
          }
        },
        "raw": {
          "description": "anything"
        }
      },
      "required": [
        "count",
        "parts",
        "raw"
      ],
      "additionalProperties": false
    }
  }
}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsNotDescribedIsAnError(t *testing.T) {
	s := &Schema{Documents: []Document{{Name: "one", Type: reflect.TypeFor[inner]()}}, Texts: Texts{"Inner.counts": "how many"}}
	_, err := s.JSON()
	if err == nil || !strings.Contains(err.Error(), "Inner.count has no description\nInner.counts is described, and no type has it") {
		t.Error(err)
	}
}
