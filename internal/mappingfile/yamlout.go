package mappingfile

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// YAML returns the file as YAML for people, without its tests: reading it gives the same settings, filters
// and rules. origins says where the settings come from, by their names, which becomes a comment; other
// comments say where the rules and filters stand.
func (f *File) YAML(origins map[string]string) string {
	y := &yamlText{file: f.Name}
	if len(f.Settings) > 0 {
		y.line(0, "settings:", "")
	}
	for _, s := range f.Settings {
		if s.List {
			y.list(1, s.Name, s.Values, origins[s.Name])
			continue
		}
		y.line(1, s.Name+": "+blockScalar(s.Values[0]), origins[s.Name])
	}
	if len(f.TestAccounts) > 0 {
		y.line(0, "test-accounts:", "")
	}
	for _, t := range f.TestAccounts {
		y.testAccount(&t)
	}
	if len(f.Rules) > 0 {
		y.line(0, "rules:", "")
	}
	for i := range f.Rules {
		y.rule(&f.Rules[i])
	}
	return y.text.String()
}

// yamlText is YAML that is being written.
type yamlText struct {
	file string
	text strings.Builder
}

// line adds a line, indented by two blanks for each level.
func (y *yamlText) line(level int, text, comment string) {
	y.text.WriteString(strings.Repeat("  ", level) + text)
	if comment != "" {
		y.text.WriteString("  # " + strings.Map(printable, comment))
	}
	y.text.WriteByte('\n')
}

// list adds a list, in one line if that is not too long.
func (y *yamlText) list(level int, name string, values []string, comment string) {
	inOne := name + ": " + flowList(values)
	if isShort(level, inOne, comment) {
		y.line(level, inOne, comment)
		return
	}
	y.line(level, name+":", comment)
	for _, value := range values {
		y.line(level+1+strings.Count(name, "- "), "- "+blockScalar(value), "")
	}
}

// isShort reports whether a line, with its comment, is as short as lines should be.
func isShort(level int, text, comment string) bool {
	const lineLength = 80
	return 2*level+utf8.RuneCountInString(text+"  # "+comment) <= lineLength
}

func (y *yamlText) testAccount(t *Filter) {
	inOne := "- {key: " + flowScalar(t.Key) + ", type: " + t.Type + ", operator: " + t.Operator
	if len(t.Values) > 0 {
		inOne += ", value: " + flowList(t.Values)
	}
	inOne += "}"
	if isShort(1, inOne, y.place(t.At)) {
		y.line(1, inOne, y.place(t.At))
		return
	}
	y.line(1, "- key: "+blockScalar(t.Key), y.place(t.At))
	y.line(2, "type: "+t.Type, "")
	y.line(2, "operator: "+t.Operator, "")
	if len(t.Values) > 0 {
		y.list(2, "value", t.Values, "")
	}
}

// printable replaces what would end a comment or is not allowed in it.
func printable(r rune) rune {
	if r < ' ' || !strconv.IsPrint(r) {
		return '?'
	}
	return r
}

func (y *yamlText) place(at Position) string { return y.file + ":" + strconv.Itoa(at.Line) }

func (y *yamlText) rule(r *Rule) {
	if len(r.Events) == 1 {
		y.line(1, "- events: "+blockScalar(r.Events[0]), y.place(r.At))
	} else {
		y.list(1, "- events", r.Events, y.place(r.At))
	}
	if r.When != nil {
		y.line(2, "when: "+blockScalar(r.When.String()), "")
	}
	if r.Drop {
		y.line(2, "drop: true", "")
	}
	if r.SendAs != "" {
		y.line(2, "send-as: "+r.SendAs, "")
	}
	if r.Name != nil {
		y.line(2, "name: "+blockScalar(r.Name.Text), "")
	}
	for _, group := range []struct {
		name string
		all  []Attribute
	}{{"attributes", r.Attributes}, {"person", r.Person}, {"person-once", r.PersonOnce}} {
		if len(group.all) > 0 {
			y.line(2, group.name+":", "")
		}
		for _, a := range group.all {
			value := a.Value.Literal
			if value == "" {
				value = blockScalar(a.Value.Template.Text)
			}
			y.line(3, blockScalar(a.Name)+": "+value, "")
		}
	}
	if len(r.Dates) > 0 {
		var dates []string
		for _, d := range r.Dates {
			dates = append(dates, d.Text)
		}
		y.list(2, "dates", dates, "")
	}
}

// What needs no quotes: in a line of its own, and in a list in brackets. YAML allows more.
var (
	plainInBlock = regexp.MustCompile(`^[A-Za-z_$][\w $.*/(){}\[\]=!<>&|?"'+,-]*$`)
	plainInFlow  = regexp.MustCompile(`^[A-Za-z0-9_$][\w $.*/=-]*$`)
)

// blockScalar writes a text that stands in a line of its own.
func blockScalar(text string) string { return scalarText(text, plainInBlock) }

// flowScalar writes a text that stands in brackets or braces.
func flowScalar(text string) string { return scalarText(text, plainInFlow) }

func scalarText(text string, plain *regexp.Regexp) string {
	switch {
	case plain.MatchString(text) && kindOfPlain(text) == isText && !strings.HasSuffix(text, " "):
		return text
	case !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\'' || !strconv.IsPrint(r) }):
		return "'" + text + "'"
	}
	quoted := string(rawjson.AppendString(nil, text))
	return strings.ReplaceAll(quoted, "\u007F", `\u007F`) // which YAML does not allow and JSON keeps
}

// flowList writes texts as a list in one line.
func flowList(texts []string) string {
	var all []string
	for _, text := range texts {
		all = append(all, flowScalar(text))
	}
	return "[" + strings.Join(all, ", ") + "]"
}
