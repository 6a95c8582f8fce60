package expression

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

var textFunctions = []function{
	{
		Function: Function{
			"lower(text)",
			"the text in lower case",
			`lower("Pro")`, `"pro"`,
		},
		takes: []kinds{isText}, gives: isText, call: plainly(lowered),
	},
	{
		Function: Function{
			"upper(text)",
			"the text in upper case",
			`upper("pro")`, `"PRO"`,
		},
		takes: []kinds{isText}, gives: isText, call: plainly(uppered),
	},
	{
		Function: Function{
			"trim(text)",
			"the text without white space around it",
			`trim("  pro ")`, `"pro"`,
		},
		takes: []kinds{isText}, gives: isText, call: plainly(trimmed),
	},
	{
		Function: Function{
			"digits(text)",
			"the digits 0 to 9 of the text; nil if it has none",
			`digits("+49 (30) 123-4")`, `"49301234"`,
		},
		takes: []kinds{isText}, gives: isText, call: onlyDigits,
	},
	{
		Function: Function{
			"replace(text, old, new)",
			"the text with each old replaced by new",
			`replace("a-b-c", "-", " ")`, `"a b c"`,
		},
		takes: []kinds{isText, isText, isText}, gives: isText, call: replace,
	},
	{
		Function: Function{
			"split(text, separator)",
			"the list of the texts between separators",
			`split("a,b", ",")`, `["a","b"]`,
		},
		takes: []kinds{isText, isText}, gives: isList, call: split,
	},
	{
		Function: Function{
			"join(list, [separator])",
			"the elements as one text; nil is left out",
			`join(["a", "b"], ", ")`, `"a, b"`,
		},
		takes: []kinds{isList, isText}, optional: 1, gives: isText, call: join,
	},
	{
		Function: Function{
			"substring(text, from, [to])",
			"the characters from a place, counted from 0, up to but not including another; below 0 from the end. Also text[from:to]",
			`substring("plan-7", 5)`, `"7"`,
		},
		takes: []kinds{isText, isNumber, isNumber}, optional: 1, gives: isText, call: substring,
	},
	{
		Function: Function{
			"length(value)",
			"the characters of a text, the elements of a list or the members of an object",
			`length(["a", "b"])`, `2`,
		},
		takes: []kinds{isText | isList | isObject}, gives: isNumber, call: length,
	},
	{
		Function: Function{
			"sha256(text)",
			"the SHA-256 hash of the text, in lower-case hex",
			`sha256("a")`, `"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"`,
		},
		takes: []kinds{isText}, gives: isText, call: plainly(hashed256),
	},
	{
		Function: Function{
			"md5(text)",
			"the MD5 hash of the text, in lower-case hex",
			`md5("a")`, `"0cc175b9c0f1b6a831c399e269772661"`,
		},
		takes: []kinds{isText}, gives: isText, call: plainly(hashedMD5),
	},
}

// slicing is text[from:to] and list[from:to].
var slicing = function{
	Function: Function{Usage: "[ : ]"},
	takes:    []kinds{isText | isList, isNumber, isNumber}, optional: 1, gives: isText | isList, call: substring,
}

// plainly returns the call of a function that appends its result to the memory it gets.
func plainly(f func(dst, text []byte) []byte) func(*machine, *call, [][]byte) ([]byte, error) {
	return func(m *machine, k *call, values [][]byte) ([]byte, error) {
		text, err := m.plain(k.at, values[0])
		if err != nil {
			return nil, err
		}
		m.scratch = f(m.scratch[:0], text)
		return m.text(k.at, m.scratch)
	}
}

func lowered(dst, text []byte) []byte { return mapped(dst, text, unicode.ToLower) }
func uppered(dst, text []byte) []byte { return mapped(dst, text, unicode.ToUpper) }

// mapped appends a text with each character replaced by another.
func mapped(dst, text []byte, to func(rune) rune) []byte {
	for len(text) > 0 {
		r, size := rune(text[0]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text)
		}
		dst = utf8.AppendRune(dst, to(r))
		text = text[size:]
	}
	return dst
}

func trimmed(dst, text []byte) []byte { return append(dst, bytes.TrimSpace(text)...) }

func hashed256(dst, text []byte) []byte {
	sum := sha256.Sum256(text)
	return hex.AppendEncode(dst, sum[:])
}

func hashedMD5(dst, text []byte) []byte {
	sum := md5.Sum(text)
	return hex.AppendEncode(dst, sum[:])
}

func onlyDigits(m *machine, k *call, values [][]byte) ([]byte, error) {
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	m.scratch = m.scratch[:0]
	for _, c := range text {
		if c >= '0' && c <= '9' {
			m.scratch = append(m.scratch, c)
		}
	}
	if len(m.scratch) == 0 {
		return nil, nil
	}
	return m.text(k.at, m.scratch)
}

func replace(m *machine, k *call, values [][]byte) ([]byte, error) {
	var texts [3][]byte
	for i, value := range values {
		var err error
		if texts[i], err = m.plain(k.at, value); err != nil {
			return nil, err
		}
	}
	text, old := texts[0], texts[1]
	m.scratch = m.scratch[:0]
	for len(old) > 0 {
		at := bytes.Index(text, old)
		if at < 0 {
			break
		}
		m.scratch = append(append(m.scratch, text[:at]...), texts[2]...)
		text = text[at+len(old):]
		if err := m.room(k.at, len(m.scratch)); err != nil {
			return nil, err
		}
	}
	m.scratch = append(m.scratch, text...)
	return m.text(k.at, m.scratch)
}

func split(m *machine, k *call, values [][]byte) ([]byte, error) {
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	separator, err := m.plain(k.at, values[1])
	if err != nil {
		return nil, err
	}
	if len(separator) == 0 {
		return nil, k.errorf(m, "split needs a separator, but %s is empty", k.arguments[1].says)
	}
	base := len(m.stack)
	for more := true; more; {
		var part []byte
		part, text, more = bytes.Cut(text, separator)
		value, err := m.text(k.at, part)
		if err != nil {
			return nil, err
		}
		if err := m.push(k.at, value); err != nil {
			return nil, err
		}
	}
	return m.list(k.at, base)
}

func join(m *machine, k *call, values [][]byte) ([]byte, error) {
	var separator []byte
	if len(values) > 1 {
		var err error
		if separator, err = m.plain(k.at, values[1]); err != nil {
			return nil, err
		}
	}
	m.scratch = m.scratch[:0]
	later := false
	elements := rawjson.Walk(values[0])
	for {
		_, element, ok := elements.Next()
		if !ok {
			return m.text(k.at, m.scratch)
		}
		kind := kindOf(element)
		if kind == isNil {
			continue
		}
		if kind&(isText|isNumber|isBool) == 0 {
			return nil, k.errorf(m, "join puts texts together, but an element of %s is %s", k.arguments[0].says, kind)
		}
		if err := m.step(k.at, len(element)); err != nil {
			return nil, err
		}
		if later {
			m.scratch = append(m.scratch, separator...)
		}
		later = true
		if kind == isText {
			m.scratch, _ = rawjson.AppendUnescaped(m.scratch, element[1:len(element)-1])
		} else {
			m.scratch = append(m.scratch, element...)
		}
		if err := m.room(k.at, len(m.scratch)); err != nil {
			return nil, err
		}
	}
}

func substring(m *machine, k *call, values [][]byte) ([]byte, error) {
	var bounds [2]int
	n := 1 // of the bounds
	for i, value := range values[1:] {
		at, ok := indexOf(value)
		if !ok {
			return nil, k.errorf(m, "%s is no place: places are whole numbers", k.arguments[i+1].says)
		}
		bounds[i], n = at, i+1
	}
	if kindOf(values[0]) == isList {
		return sublist(m, k, values[0], bounds, n)
	}
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	from, to := within(bounds, n, utf8.RuneCount(text))
	for range from {
		_, size := utf8.DecodeRune(text)
		text = text[size:]
	}
	end := 0
	for range to - from {
		_, size := utf8.DecodeRune(text[end:])
		end += size
	}
	return m.text(k.at, text[:end])
}

func sublist(m *machine, k *call, list []byte, bounds [2]int, n int) ([]byte, error) {
	if err := m.step(k.at, len(list)); err != nil {
		return nil, err
	}
	from, to := within(bounds, n, countParts(list))
	base := len(m.stack)
	elements := rawjson.Walk(list)
	for i := range to {
		_, element, _ := elements.Next()
		if i < from {
			continue
		}
		if err := m.push(k.at, element); err != nil {
			return nil, err
		}
	}
	return m.list(k.at, base)
}

// within returns n bounds as places in something of this length: those below 0 count from its end, and those
// outside become its beginning or end.
func within(bounds [2]int, n, length int) (from, to int) {
	if n < 2 {
		bounds[1] = length
	}
	for i, at := range bounds {
		if at < 0 {
			at += length
		}
		bounds[i] = min(max(at, 0), length)
	}
	return bounds[0], max(bounds[0], bounds[1])
}

func length(m *machine, k *call, values [][]byte) ([]byte, error) {
	if kindOf(values[0]) != isText {
		return m.counted(k, countParts(values[0]), len(values[0]))
	}
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	return m.counted(k, utf8.RuneCount(text), 0)
}

// counted makes a value of a number of things for which so many bytes were read.
func (m *machine) counted(k *call, n, bytes int) ([]byte, error) {
	if err := m.step(k.at, bytes); err != nil {
		return nil, err
	}
	return m.integer(k.at, int64(n))
}
