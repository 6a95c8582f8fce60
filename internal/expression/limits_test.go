package expression

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// numbers returns a list of so many numbers.
func numbers(n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]"
}

// TestBounds runs expressions that would take minutes or gigabytes.
func TestBounds(t *testing.T) {
	row := rowOf(`{"list":` + numbers(2000) + `,"long":"` + strings.Repeat("a", 90_000) + `","escaped":"` + strings.Repeat(`\n`, 90_000) + `",
		"objects":[` + strings.TrimSuffix(strings.Repeat(`{"a":1,"b":[2,3]},`, 2000), ",") + `]}`)
	nested := "1"
	for range 40 {
		nested = "(0 < " + nested + " < 2 ? 1 : 0)"
	}
	e := NewEvaluator(parseDate)
	for _, test := range []struct{ text, want string }{
		{`all(properties.list, all(properties.list, all(properties.list, # == 1)))`, "steps"},
		{`all(properties.list, all(properties.list, all(properties.list, true)))`, "steps"},
		{`any(properties.list, length(properties.long) < 0)`, "steps"},
		{`all(properties.list, properties["long"] contains "aaa")`, "steps"},
		{`all(properties.objects, properties.objects[1999].a == 1)`, "steps"},
		{`count(properties.list, properties.long matches "(a|b|ab)*c(x{50}y){10}")`, "steps"},
		{`unique(map(properties.list, #index))`, "steps"},
		{`all(properties.list, properties.objects == properties.objects)`, "steps"},
		{`any(properties.list, 1 in properties.objects)`, "steps"},
		{`any(properties.list, host(properties.long) == "x")`, "steps"},
		{`all(properties.list, sort(properties.list) != nil)`, "steps"},
		{`sum(properties.list, sum(properties.list))`, "steps"},
		{nested, "steps"},
		{`properties.long + properties.long`, "bytes"},
		{`[properties.long, properties.long]`, "bytes"},
		{`{a: properties.long, b: properties.long}`, "bytes"},
		{`replace(properties.long, "a", "aaaaaaaaaa")`, "bytes"},
		{`join([properties.long, properties.long], ",")`, "bytes"},
		{`join(map(properties.list, properties.list), ",")`, "bytes"},
		{`map(properties.objects, properties.objects)`, "bytes"},
		{`split(replace(properties.long, "a", "b"), "b")`, "bytes"},
		{`map(properties.list, replace(properties.long, "a", "b"))`, "memory"},
		{`map(properties.list, lower(properties.escaped))`, "bytes"},
		{`map(properties.list, length(properties.escaped))`, "memory"},
		{`upper(properties.escaped)`, "bytes"},
		{`length(properties) + length(properties.long)`, "90004"},
		{`length(properties.long)`, "90000"},
		{`count(properties.list, lower(properties.long) == "a") `, "steps"},
		{`length(unique(properties.list))`, "1"},
	} {
		start := time.Now()
		got := shown(e, compile(t, test.text), row)
		if !strings.Contains(got, test.want) || len(got) > 200 {
			t.Errorf("%.100s gives %.200s, want something with %q", test.text, got, test.want)
		}
		// The slowest takes 0.1 seconds on a machine of its own.
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%.100s takes %v", test.text, took)
		}
		if cap(e.m.arena) > 4*maxMemory {
			t.Fatalf("%.100s leaves %d bytes of memory", test.text, cap(e.m.arena))
		}
	}
}

// TestLargeValuesArePassedOn: the limits are for what an expression makes.
func TestLargeValuesArePassedOn(t *testing.T) {
	text := `"` + strings.Repeat("a", 2*maxMemory) + `"`
	e := NewEvaluator(nil)
	for _, expression := range []string{`properties.text`, `properties.none ?? properties.text`, `properties.text != "" ? properties.text : nil`} {
		if got := shown(e, compile(t, expression), rowOf(`{"text":`+text+`}`)); got != text {
			t.Errorf("%s gives %.100s", expression, got)
		}
	}
}

// TestNoAllocations evaluates what mappings do for each row. matches is left out: it takes memory from a
// pool, which may be empty.
func TestNoAllocations(t *testing.T) {
	e := NewEvaluator(func([]byte) (int64, bool) { return 1772618531_500000, true })
	row := rowOf(order)
	row.Person = &benchPerson{object: []byte(`{"email":"ada@example.com","plan":"pro"}`)}
	var out []byte
	for _, text := range append([]string{
		`properties.cart.items[1].sku`, `properties.escaped`, `properties.big`, `event.timestamp`, `event.uuid`, `person.properties.plan`, `properties[properties.plan]`,
		`properties.price > 5 and properties.count <= 3`, `properties.name == "x" or properties.cart == nil`, `properties.plan in ["a", "pro"]`, `"vip" in properties.tags`,
		`properties.price * 2 + 1 - 3 / 4 % 5`, `-properties.price`, `round(properties.price, 1)`, `max(properties.scores)`, `number(properties.num) ?? 0`, `text(properties.price)`,
		`lower(properties.name)`, `replace(properties.plan, "p", "b")`, `split(properties.plan, "r")`, `join(properties.tags, ",")`, `substring(properties.name, 1, 3)`, `sha256(properties.plan)`, `md5(properties.plan)`,
		`unix(properties.when)`, `date(properties.when)`, `format_date(properties.when, "YYYY-MM-DD dddd MMMM")`, `host(properties.$current_url)`, `query(properties.$current_url, "q")`,
		`any(properties.cart.items, .sku == "b")`, `filter(properties.tags, # == "vip")`, `map(properties.cart.items, .price)`, `sum(properties.cart.items, .qty)`, `sort(properties.scores)`, `unique(properties.tags)`,
		`{a: properties.plan, b: [1, properties.count]}`, `let x = properties.plan; x + x`, `properties.ok ? 1 : 2`,
	}, wishes...) {
		p := compile(t, text)
		run := func() {
			var err error
			if out, _, err = e.JSON(out[:0], p, row); err != nil {
				t.Fatal(text, err)
			}
		}
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s allocates %v times", text, n)
		}
	}
}

// TestLongExpressions: one may write 200 conditions in a row.
func TestLongExpressions(t *testing.T) {
	var parts []string
	for i := range 200 {
		parts = append(parts, fmt.Sprintf("properties.n == %d", i))
	}
	p := compile(t, strings.Join(parts, " or "))
	e := NewEvaluator(nil)
	if ok, err := e.Bool(p, rowOf(`{"n":199}`)); !ok || err != nil {
		t.Error(ok, err)
	}
}
