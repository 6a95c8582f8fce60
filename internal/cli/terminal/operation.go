package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/report"
)

// Operation lays an operation out to be read: a heading, and its attributes below it, with long values
// shortened and those that are null in one line.
func Operation(o *customerio.Operation, style Style, width int) string {
	t := &Lines{Style: style, Width: width}
	body := fieldsOf(o.Body)
	fmt.Fprintln(t, t.heading(o.Action, body, whose(o.Action, body)))
	t.attributes(fieldOf(body, "attributes"), "--limit N shows JSON")
	return t.String()
}

// whose says whose an operation is.
func whose(action customerio.Action, body []rawjson.Field) string {
	if action == customerio.Merge {
		return whoseText(fieldOf(body, "secondary")) + "  into  " + whoseText(fieldOf(body, "primary"))
	}
	return "of " + whoseText(fieldOf(body, "identifiers"))
}

// actionIn is the action of an operation.
func actionIn(body []rawjson.Field) customerio.Action {
	return customerio.Action(plainValue(fieldOf(body, "action")))
}

// heading names an operation: what it is, whose, and when. who is empty for what stands below a person.
func (t *Lines) heading(action customerio.Action, body []rawjson.Field, who string) string {
	parts := []string{t.Style.Bold(WordsFor(string(action), 1))}
	if name := plainValue(fieldOf(body, "name")); name != "" {
		parts = append(parts, ShortEnd(OneLine(name), t.columnCount()/2))
	}
	if who != "" {
		parts = append(parts, who)
	}
	if at, err := strconv.ParseInt(string(fieldOf(body, "timestamp")), 10, 64); err == nil {
		parts = append(parts, strings.ReplaceAll("at "+report.Minute(time.Unix(at, 0)), " ", unbroken))
	}
	return strings.ReplaceAll(Wrap(strings.Join(parts, "  "), t.columnCount(), len(indent)), unbroken, " ")
}

// briefOperation returns an operation of a person who is known as a heading and one line of attributes, as many as there is room
// for. Those that are null are left out.
func briefOperation(operation string, style Style, width int) string {
	const mostValue = 30
	t := &Lines{Style: style, Width: width}
	body := fieldsOf([]byte(operation))
	var parts []string
	for _, one := range fieldsOf(fieldOf(body, "attributes")) {
		if !rawjson.IsNull(one.Value) {
			parts = append(parts, OneLine(one.Name())+" "+ShortEnd(OneLine(plainValue(one.Value)), mostValue))
		}
	}
	text := t.heading(actionIn(body), body, "")
	if len(parts) > 0 {
		text += "\n" + indent + style.Dim(ShortEnd(strings.Join(parts, report.ListSeparator), width-len(indent)))
	}
	return text
}

// maxAttributes is how many attributes of an operation are shown.
const maxAttributes = 12

// attributes writes an object of attributes, one on a line. toSeeAll says how to see all of them.
func (t *Lines) attributes(object []byte, toSeeAll string) {
	all, _ := rawjson.Fields(object)
	var nulls []string
	var shown []rawjson.Field
	for _, one := range all {
		if rawjson.IsNull(one.Value) {
			nulls = append(nulls, OneLine(one.Name()))
		} else {
			shown = append(shown, one)
		}
	}
	beyond := max(0, len(shown)-maxAttributes)
	shown = shown[:len(shown)-beyond]
	const mostName = 24
	names := 0
	for i := range shown {
		names = max(names, min(mostName, ColumnsOf(OneLine(shown[i].Name()))))
	}
	for i := range shown {
		name := ShortEnd(OneLine(shown[i].Name()), mostName)
		room := max(t.columnCount()-len(indent)-names-len(indent), mostName)
		fmt.Fprintln(t, indent+Padded(name, names)+indent+ShortEnd(OneLine(plainValue(shown[i].Value)), room))
	}
	var rest []string
	if beyond > 0 {
		rest = append(rest, report.Count(beyond)+" more")
	}
	if n := len(nulls); n > 0 {
		rest = append(rest, report.Count(n)+" that "+report.PluralWord(n, "is", "are")+" null: "+
			report.FirstOf(MaxNamed, n, toSeeAll, func(i int) string { return nulls[i] }))
	}
	if len(rest) > 0 {
		text := strings.Join(rest, ", and ")
		if len(shown) > 0 {
			text = "and " + text
		}
		fmt.Fprintln(t, indent+t.Style.Dim(Wrap(text, t.columnCount(), len(indent))))
	}
}

// fieldOf is the value of a member; nil if there is none.
func fieldOf(object []rawjson.Field, name string) []byte {
	for i := range object {
		if object[i].Is(name) {
			return object[i].Value
		}
	}
	return nil
}

// whoseText names a person by the first identifier: by its ID alone, or by another kind and its value.
func whoseText(identifiers []byte) string {
	all := fieldsOf(identifiers)
	if len(all) == 0 {
		return "nobody"
	}
	text := ShortEnd(OneLine(plainValue(all[0].Value)), MaxColumns/2)
	if all[0].Is("id") {
		return text
	}
	return all[0].Name() + " " + text
}

// plainValue is a value as text: a string without its quotes, anything else as it is written.
func plainValue(value []byte) string {
	if len(value) == 0 || value[0] != '"' {
		return string(value)
	}
	plain, _ := rawjson.AppendUnescaped(nil, value[1:len(value)-1])
	return string(plain)
}

// fieldsOf are the members of an object that is valid.
func fieldsOf(object []byte) []rawjson.Field {
	fields, _ := rawjson.Fields(object)
	return fields
}
