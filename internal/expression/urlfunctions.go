package expression

import (
	"bytes"

	"ph2cio/internal/redact"
)

var urlFunctions = []function{
	{
		Function: Function{
			"host(url)",
			"the host of a URL with its port, nil if it has none",
			`host("https://shop.example/cart?id=7")`, `"shop.example"`,
		},
		takes: []kinds{isText}, gives: isText, call: host,
	},
	{
		Function: Function{
			"path(url)",
			"the path of a URL",
			`path("https://shop.example/cart?id=7")`, `"/cart"`,
		},
		takes: []kinds{isText}, gives: isText, call: path,
	},
	{
		Function: Function{
			"query(url, name)",
			"the first value of a parameter in the query of a URL, nil if it is not there",
			`query("https://shop.example/cart?id=7", "id")`, `"7"`,
		},
		takes: []kinds{isText, isText}, gives: isText, call: query,
	},
}

// location is a URL in parts, as a browser sees them.
type location struct{ host, path, query []byte }

// locate takes a URL apart. One without a scheme and host is a path.
func locate(url []byte) (l location) {
	url, _, _ = bytes.Cut(bytes.TrimSpace(url), []byte("#"))
	url, l.query, _ = bytes.Cut(url, []byte("?"))
	l.path = url
	if i := bytes.Index(url, []byte("//")); i == 0 || i > 0 && isScheme(url[:i]) {
		l.host, l.path = url[i+2:], nil
		if slash := bytes.IndexByte(l.host, '/'); slash >= 0 {
			l.host, l.path = l.host[:slash], l.host[slash:]
		}
		l.host = l.host[bytes.LastIndexByte(l.host, '@')+1:]
		if len(l.path) == 0 {
			l.path = []byte("/")
		}
	}
	return l
}

// isScheme reports whether a text is a scheme with its colon.
func isScheme(text []byte) bool {
	for i, c := range text[:len(text)-1] {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return len(text) > 1 && text[len(text)-1] == ':'
}

func host(m *machine, k *call, values [][]byte) ([]byte, error) {
	url, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	of := locate(url).host
	if len(of) == 0 {
		return nil, nil
	}
	m.scratch = lowered(m.scratch[:0], of)
	return m.text(k.at, m.scratch)
}

func path(m *machine, k *call, values [][]byte) ([]byte, error) {
	url, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	return m.text(k.at, locate(url).path)
}

func query(m *machine, k *call, values [][]byte) ([]byte, error) {
	url, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	wanted, err := m.plain(k.at, values[1])
	if err != nil {
		return nil, err
	}
	for rest := locate(url).query; len(rest) > 0; {
		var pair []byte
		pair, rest, _ = bytes.Cut(rest, []byte("&"))
		name, value, _ := bytes.Cut(pair, []byte("="))
		if m.scratch = redact.AppendUnescaped(m.scratch[:0], name); bytes.Equal(m.scratch, wanted) && len(pair) > 0 {
			m.scratch = redact.AppendUnescaped(m.scratch[:0], value)
			return m.text(k.at, m.scratch)
		}
	}
	return nil, nil
}
