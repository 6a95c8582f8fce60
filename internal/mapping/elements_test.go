package mapping

import (
	"strings"
	"testing"
)

func TestElementsChain(t *testing.T) {
	t.Parallel()
	chain := `"a.button:href=\"https://a.example/?token=abc\""`
	for _, test := range []struct {
		options           Options
		chain, properties string
		want              string
	}{
		{Options{}, `"a:b"`, `{"x":1}`, `{"x":1}`},
		{Options{Properties: "all"}, `"a:b\"c\""`, `{"x":1}`, `{"x":1,"elements_chain":"a:b\"c\""}`},
		{Options{Properties: "all"}, `"a:b"`, `{}`, `{"elements_chain":"a:b"}`},
		{Options{Properties: "all"}, ``, `{"x":1}`, `{"x":1}`},
		{Options{Properties: "all"}, `"a:b"`, `{"elements_chain":"own","y":2}`, `{"elements_chain":"own","y":2}`},
		{Options{Properties: "all", DropProperties: []string{"elements_*"}}, `"a:b"`, `{"x":1}`, `{"x":1}`},
		{Options{Properties: "all", EventAttributes: []string{"elements_chain=mine"}}, `"a:b"`, `{}`, `{"elements_chain":"mine"}`},
		{Options{Properties: "all", EventValueLimit: 3}, `"abcdef"`, `{}`, `{"elements_chain":"abc"}`},
		{Options{EventAttributes: []string{"clicked={event.elements_chain}"}}, `"a:b\"c\""`, `{}`, `{"clicked":"a:b\"c\""}`},
		{Options{EventAttributes: []string{"clicked=<{event.elements_chain}>"}}, `"a:b"`, `{}`, `{"clicked":"<a:b>"}`},
		{Options{EventAttributes: []string{"clicked={event.elements_chain}"}}, ``, `{}`, ``},
	} {
		m := newRules(t, test.options).NewMapper(newSomebody(`{}`))
		e := row("signup", test.properties)
		if test.chain != "" {
			e.ElementsChain = []byte(test.chain)
		}
		if got := string(send(t, m, e).Attributes); got != test.want {
			t.Errorf("%s beside %s: %s, want %s", test.chain, test.properties, got, test.want)
		}
	}

	m := newRules(t, Options{Properties: "all"}).NewMapper(newSomebody(`{}`))
	e := row("signup", `{}`)
	e.ElementsChain = []byte(chain)
	if got := string(send(t, m, e).Attributes); strings.Contains(got, "abc") {
		t.Errorf("a secret is sent: %s", got)
	}
	e = row("signup", `{"x":1}`)
	e.ElementsChain = []byte(`"` + strings.Repeat("x", 40_000) + `"`)
	if got := string(send(t, m, e).Attributes); got != `{"x":1}` {
		t.Errorf("a chain that does not fit makes %.60s", got)
	}
}
