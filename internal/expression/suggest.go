package expression

import (
	"strings"

	"ph2cio/internal/spelling"
)

// unknownName says that a name means nothing, and what was probably meant.
func (c *compiler) unknownName(at int, name string) *Error {
	e := c.source.errorf(at, "%s is not a name that is known here", name)
	known := []string{"event", "properties", "person"}
	for _, v := range c.variables {
		known = append(known, v.name)
	}
	if strings.EqualFold(name, "null") || name == "undefined" || name == "None" {
		return e.hinted("write nil for what is not there")
	}
	if functionNamed(name) != nil || name == "default" || isLoop(name) {
		return e.hinted("%s is a function: write %s(...)", name, name)
	}
	if meant := nearest(name, known); meant != "" {
		return e.hinted("did you mean %s?", meant)
	}
	for _, f := range eventFields {
		if f.name == name && c.scope == EventScope {
			return e.hinted("did you mean event.%s?", name)
		}
	}
	if before := c.before(at); c.scope == EventScope && strings.HasSuffix(before, "-") {
		return e.hinted(`a name with - in it is written properties["first-name"]`)
	}
	if c.scope == PersonScope {
		return e.hinted("did you mean person.properties.%s?", name)
	}
	return e.hinted(`did you mean properties.%s, or the text %q?`, name, name)
}

// before returns the expression up to a place, without the space at its end.
func (c *compiler) before(at int) string { return strings.TrimRight(c.source.between(0, at), " ") }

// unknownField says that event or person has no such part.
func (c *compiler) unknownField(at int, fields []field, prefix, name string) *Error {
	e := c.source.errorf(at, "there is no %s%s", prefix, name)
	if other := otherFields[prefix+name]; other != "" {
		return e.hinted("did you mean %s?", other)
	}
	known := []string{"properties"}
	for _, f := range fields {
		known = append(known, f.name)
	}
	if meant := nearest(name, known); meant != "" {
		return e.hinted("did you mean %s%s?", prefix, meant)
	}
	return e.hinted("did you mean %s?", dotted(prefix+"properties", name))
}

// otherFields are what people write for parts of an event.
var otherFields = map[string]string{
	"event.name": "event.event", "event.id": "event.uuid", "event.time": "event.timestamp", "event.created_at": "event.timestamp", "person.uuid": "person.id",
}

// otherNames are what functions are called elsewhere.
var otherNames = map[string]string{
	"len": "length", "size": "length", "toLower": "lower", "lowercase": "lower", "toUpper": "upper", "uppercase": "upper", "strip": "trim",
	"int": "number", "float": "number", "string": "text", "str": "text", "toString": "text", "boolean": "bool", "uniq": "unique",
	"parseInt": "number", "parseFloat": "number", "toNumber": "number", "strlen": "length", "ltrim": "trim", "rtrim": "trim", "regexp": "matches", "regex": "matches",
	"coalesce": "default", "ifNull": "default", "slice": "substring", "substr": "substring", "find": "first(filter(...))",
	"timestamp": "unix", "parseDate": "unix", "toUnix": "unix", "toDate": "date", "formatDate": "format_date", "sortBy": "sort", "some": "any", "every": "all", "concat": "+",
}

// otherForms are functions of other languages that are operators here.
var otherForms = map[string]string{
	"exists": "a != nil", "defined": "a != nil", "isset": "a != nil", "notnull": "a != nil", "isnotnull": "a != nil", "has": "a contains b", "includes": "a contains b",
	"isnull": "a == nil", "isnil": "a == nil", "missing": "a == nil", "isempty": `a == nil or a == ""`, "empty": `a == nil or a == ""`,
	"startswith": "a startsWith b", "endswith": "a endsWith b", "match": `a matches "pattern"`, "test": `a matches "pattern"`, "iff": "a ? b : c", "iif": "a ? b : c",
}

// unknownFunction says that there is no such function, and what was probably meant.
func (c *compiler) unknownFunction(at int, name string) *Error {
	e := c.source.errorf(at, "there is no function %s", name)
	if name == "now" || name == "today" {
		return e.hinted("an expression must give the same each night: it cannot ask for the time")
	}
	if other := otherNames[name]; other != "" {
		return e.hinted("use %s", other)
	}
	if form := otherForms[strings.ToLower(strings.ReplaceAll(name, "_", ""))]; form != "" {
		return e.hinted("write %s", form)
	}
	var known []string
	for _, f := range Functions() {
		known = append(known, f.Name())
	}
	if meant := nearest(name, known); meant != "" {
		return e.hinted("did you mean %s?", meant)
	}
	return e.hinted("the functions are %s", strings.Join(known, ", "))
}

// nearest returns the known name that was probably meant, or "".
func nearest(name string, known []string) string {
	most := min(2, len(name)/2)
	best := ""
	for _, one := range known {
		if d := spelling.Distance(strings.ToLower(name), one); d <= most {
			best, most = one, d-1
		}
	}
	return best
}
