package mappingfile

import (
	"bytes"
	"encoding/json"
)

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

// settingsSchema returns the schema of settings, of which all are allowed if none are known.
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
