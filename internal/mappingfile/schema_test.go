package mappingfile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var someSettings = []Known{
	{"dots", "", "replace dots in attribute names with this"},
	{"page-name", "url", "what to use as the name of a page"},
	{"max-rejects", "1%", "stop if more rows are rejected"},
	{"identify-timestamp", "false", "date each profile update by its newest row"},
	{"user-id", `^\d+$`, "pattern of your own user IDs"},
}

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now\n%s", name, got)
	}
}

func TestSchema(t *testing.T) { golden(t, "schema.json", string(Schema(someSettings))) }

func TestInit(t *testing.T) {
	text := Init(someSettings)
	golden(t, "init.yaml", text)
	f := mustRead(t, text)
	if string(f.JSON()) != "{}\n" {
		t.Errorf("a new file says %s", f.JSON())
	}
	if f.Hash() != (&File{}).Hash() {
		t.Error("a new file has another hash than none")
	}
	for i, line := range strings.Split(text, "\n") {
		if len(line) > 120 {
			t.Errorf("line %d is long", i+1)
		}
	}
}

// TestWhatInitShowsIsRead removes the # before all that is not prose, and all but one key of rules.
func TestWhatInitShowsIsRead(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#([a-z]| {2,})`).ReplaceAllString(Init(someSettings), "$1")
	f := mustRead(t, text)
	if len(f.Settings) != 4 || f.Settings[3].Values[0] != `^\d+$` || len(f.TestAccounts) != 2 || len(f.Rules) != 4 || len(f.Tests) != 1 {
		t.Errorf("%s is read as\n%s", text, f.JSON())
	}
	if err := fits(f); err != nil {
		t.Error(err)
	}
}

// fits checks a file against the schema.
func fits(f *File) error {
	var schema, value any
	if err := json.Unmarshal(Schema(nil), &schema); err != nil {
		return err
	}
	if err := json.Unmarshal(f.JSON(), &value); err != nil {
		return err
	}
	return validate(schema.(map[string]any), value, "")
}

// validate checks a value by the words of JSON schema that ours has.
func validate(schema map[string]any, value any, at string) error {
	for word, says := range schema {
		ok := true
		switch word {
		case "type":
			ok = slices.ContainsFunc(asList(says), func(one any) bool { return hasType(value, one.(string)) })
		case "enum":
			ok = slices.Contains(says.([]any), value)
		case "const":
			ok = value == says
		case "minItems":
			list, is := value.([]any)
			ok = !is || float64(len(list)) >= says.(float64)
		case "minLength":
			text, is := value.(string)
			ok = !is || float64(len(text)) >= says.(float64)
		case "minProperties":
			object, is := value.(map[string]any)
			ok = !is || float64(len(object)) >= says.(float64)
		case "anyOf":
			ok = slices.ContainsFunc(says.([]any), func(one any) bool { return validate(one.(map[string]any), value, at) == nil })
		case "required":
			for _, name := range says.([]any) {
				_, has := value.(map[string]any)[name.(string)]
				ok = ok && has
			}
		case "items":
			list, _ := value.([]any)
			for i, one := range list {
				if err := validate(says.(map[string]any), one, fmt.Sprintf("%s[%d]", at, i)); err != nil {
					return err
				}
			}
		case "additionalProperties":
			object, _ := value.(map[string]any)
			properties, _ := schema["properties"].(map[string]any)
			for name, one := range object {
				of, _ := properties[name].(map[string]any)
				if of == nil {
					if of, ok = says.(map[string]any); !ok {
						return fmt.Errorf("%s has no %s", at, name)
					}
				}
				if err := validate(of, one, at+"."+name); err != nil {
					return err
				}
			}
		case "properties", "description", "examples", "default", "title", "$schema":
		default:
			return fmt.Errorf("this test does not know %s", word)
		}
		if !ok {
			return fmt.Errorf("%s: %v does not fit %s %v", at, value, word, says)
		}
	}
	return nil
}

func asList(says any) []any {
	if list, ok := says.([]any); ok {
		return list
	}
	return []any{says}
}

func hasType(value any, name string) bool {
	switch value.(type) {
	case nil:
		return name == "null"
	case string:
		return name == "string"
	case float64:
		return name == "number"
	case bool:
		return name == "boolean"
	case []any:
		return name == "array"
	}
	return name == "object"
}

// TestExamplesOfTheSchemaFitIt: each example in the schema fits the schema that it stands in.
func TestExamplesOfTheSchemaFitIt(t *testing.T) {
	var whole any
	if err := json.Unmarshal(Schema(someSettings), &whole); err != nil {
		t.Fatal(err)
	}
	examples := 0
	var walk func(value any, at string)
	walk = func(value any, at string) {
		switch v := value.(type) {
		case []any:
			for _, one := range v {
				walk(one, at)
			}
		case map[string]any:
			list, _ := v["examples"].([]any)
			for _, example := range list {
				examples++
				if err := validate(v, example, at); err != nil {
					t.Error(err)
				}
			}
			for name, one := range v {
				walk(one, at+"."+name)
			}
		}
	}
	walk(whole, "")
	if examples < 10 {
		t.Errorf("%d examples", examples)
	}
}

func TestTheSchemaRefusesWhatReadDoes(t *testing.T) {
	for _, text := range []string{
		`{"rule": []}`, `{"rules": {}}`, `{"rules": [{}]}`, `{"rules": [{"events": 5}]}`, `{"rules": [{"events": []}]}`, `{"rules": [{"events": ""}]}`,
		`{"rules": [{"events": "a", "drop": false}]}`, `{"rules": [{"events": "a", "send-as": "b"}]}`, `{"rules": [{"events": "a", "attributes": {}}]}`,
		`{"rules": [{"events": "a", "attributes": {"b": []}}]}`, `{"tests": [{"name": "a", "rows": []}]}`, `{"tests": [{"name": "a", "rows": [1], "operations": []}]}`,
		`{"test-accounts": [{"key": "a", "type": "cohort"}]}`, `{"test-accounts": [{"key": "a", "operator": "in"}]}`, `{"test-accounts": [{"value": "a"}]}`, `{"settings": {"a": {}}}`, `{"settings": []}`, `[]`,
	} {
		var schema, value any
		if json.Unmarshal(Schema(nil), &schema) != nil || json.Unmarshal([]byte(text), &value) != nil {
			t.Fatal(text)
		}
		if validate(schema.(map[string]any), value, "") == nil || errorsOf(text) == "" {
			t.Errorf("%s fits the schema, or is read: %s", text, errorsOf(text))
		}
	}
}
