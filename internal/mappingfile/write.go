package mappingfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// These types have the keys of the file in the order in which it is written.
type (
	writtenFile struct {
		Settings     map[string]any  `json:"settings,omitempty"`
		TestAccounts []writtenFilter `json:"test-accounts,omitempty"`
		Rules        []writtenRule   `json:"rules,omitempty"`
		Tests        []writtenTest   `json:"tests,omitempty"`
	}
	writtenFilter struct {
		Key      string   `json:"key"`
		Type     string   `json:"type"`
		Operator string   `json:"operator"`
		Value    []string `json:"value,omitempty"`
	}
	writtenRule struct {
		Events     []string       `json:"events"`
		When       string         `json:"when,omitempty"`
		Drop       bool           `json:"drop,omitempty"`
		SendAs     string         `json:"send-as,omitempty"`
		Name       *string        `json:"name,omitempty"`
		Attributes map[string]any `json:"attributes,omitempty"`
		Person     map[string]any `json:"person,omitempty"`
		PersonOnce map[string]any `json:"person-once,omitempty"`
		Dates      []string       `json:"dates,omitempty"`
	}
	writtenTest struct {
		Name       string            `json:"name"`
		Rows       []json.RawMessage `json:"rows"`
		Operations []json.RawMessage `json:"operations"`
	}
)

// JSON returns the file as JSON, which is also YAML: reading it gives a file that means the same. Settings
// and attributes come in the order of their names.
func (f *File) JSON() []byte { return encoded(f.written()) }

// Hash returns the SHA-256, in hexadecimal digits, of what the file changes in what is sent. Comments,
// layout, tests, and the order of settings, names, attributes and dates do not count.
func (f *File) Hash() string {
	w := f.written()
	w.Tests = nil
	for i := range w.Rules {
		w.Rules[i].Events = set(w.Rules[i].Events)
		w.Rules[i].Dates = set(w.Rules[i].Dates)
	}
	sum := sha256.Sum256(encoded(w))
	return hex.EncodeToString(sum[:])
}

// set returns texts in order, each once.
func set(texts []string) []string {
	sorted := slices.Clone(texts)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func encoded(w writtenFile) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(w); err != nil {
		panic(err) // Read has checked the JSON in it
	}
	// YAML does not allow this character, which JSON keeps.
	return bytes.ReplaceAll(out.Bytes(), []byte("\u007F"), []byte(`\u007F`))
}

func (f *File) written() writtenFile {
	w := writtenFile{Settings: map[string]any{}}
	for _, s := range f.Settings {
		if s.List {
			w.Settings[s.Name] = append([]string{}, s.Values...)
		} else {
			w.Settings[s.Name] = s.Values[0]
		}
	}
	for _, t := range f.TestAccounts {
		w.TestAccounts = append(w.TestAccounts, writtenFilter{t.Key, t.Type, t.Operator, t.Values})
	}
	for i := range f.Rules {
		w.Rules = append(w.Rules, f.Rules[i].written())
	}
	for _, t := range f.Tests {
		w.Tests = append(w.Tests, writtenTest{t.Name, raw(t.Rows), raw(t.Operations)})
	}
	return w
}

func (r *Rule) written() writtenRule {
	w := writtenRule{
		Events: r.Events, Drop: r.Drop, SendAs: r.SendAs,
		Attributes: writtenValues(r.Attributes), Person: writtenValues(r.Person), PersonOnce: writtenValues(r.PersonOnce),
	}
	if r.When != nil {
		w.When = r.When.String()
	}
	if r.Name != nil {
		w.Name = &r.Name.Text
	}
	for _, d := range r.Dates {
		w.Dates = append(w.Dates, d.Text)
	}
	return w
}

func writtenValues(attributes []Attribute) map[string]any {
	all := map[string]any{}
	for _, a := range attributes {
		if all[a.Name] = a.Value.Template.Text; a.Value.Literal != "" {
			all[a.Name] = json.RawMessage(a.Value.Literal)
		}
	}
	return all
}

func raw(texts []string) []json.RawMessage {
	all := []json.RawMessage{}
	for _, text := range texts {
		all = append(all, json.RawMessage(text))
	}
	return all
}
