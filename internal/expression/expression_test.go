package expression

import (
	"testing"
	"time"

	"ph2cio/internal/rawjson"
)

// somebody is a person of tests.
type somebody struct {
	id, distinctID string
	properties     string
	asked          *int // how often anything was asked
}

func (s somebody) ID() []byte         { s.count(); return textOrNil(s.id) }
func (s somebody) DistinctID() []byte { s.count(); return textOrNil(s.distinctID) }
func (s somebody) Properties() ([]byte, []rawjson.Member) {
	s.count()
	return []byte(s.properties), nil
}

func (s somebody) count() {
	if s.asked != nil {
		*s.asked++
	}
}

func textOrNil(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

// rowOf returns a row with these properties.
func rowOf(properties string) *Row {
	return &Row{
		Event:         []byte("order paid"),
		DistinctID:    []byte("ada@example.com"),
		RawDistinctID: []byte("device-1"),
		UUID:          []byte("018e9f2c-0000-7000-8000-000000000001"),
		Timestamp:     1772618531,
		HasTimestamp:  true,
		ElementsChain: []byte(`"a.nav:text=\"Pricing\""`),
		Properties:    []byte(properties),
		Members:       rawjson.WalkMembers(nil, []byte(properties)),
		Person:        somebody{id: "018e9f2c-1111-7000-8000-000000000001", distinctID: "ada@example.com", properties: `{"plan":"pro","seats":12,"email":"ada@example.com"}`},
	}
}

// parseDate reads RFC 3339, days and unix seconds: enough for tests.
func parseDate(text []byte) (micros int64, ok bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			return t.UnixMicro(), true
		}
	}
	d, ok := computable(text)
	if !ok {
		return 0, false
	}
	whole, fraction, ok := d.Int64(6)
	if !ok || whole > 1e12 || whole < -1e12 {
		return 0, false
	}
	return whole*1e6 + fraction, true
}

func compile(t testing.TB, text string) *Program {
	t.Helper()
	p, err := Compile(text, EventScope)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// shown returns what an expression gives: JSON, "nil", or the error's text with its place.
func shown(e *Evaluator, p *Program, row *Row) string {
	out, ok, err := e.JSON(nil, p, row)
	switch {
	case err != nil:
		return err.Error()
	case !ok:
		return "nil"
	}
	return string(out)
}

const order = `{"plan":"pro","price":12.50,"count":3,"big":9007199254740993,"huge":1e400,"name":"  Zoë \"Z\" ","empty":"",
	"cart":{"items":[{"sku":"a","price":1.10,"qty":2},{"sku":"b","price":0.20,"qty":1},{"sku":"c","price":null,"qty":0}],"coupon":null},
	"tags":["vip","new","vip",null],"scores":[3,1.0,2,1],"ok":true,"no":false,"my name":"x y","$current_url":"https://Shop.example.com:8443/a/b?utm_source=mail+chimp&utm_source=2&q=%C3%A9#top",
	"twice":1,"twice":2,"num":"12.5","when":"2026-03-04T10:02:11.5Z","seconds":1772618531,"day":"2026-03-04","esc\u0061ped":7}`

func TestValues(t *testing.T) {
	e := NewEvaluator(parseDate)
	for _, test := range []struct{ text, want string }{
		// What is only passed on keeps its bytes.
		{`properties.price`, `12.50`},
		{`event.properties.big`, `9007199254740993`},
		{`properties.huge`, `1e400`},
		{`properties.name`, `"  Zoë \"Z\" "`},
		{`properties.cart.items[1]`, `{"sku":"b","price":0.20,"qty":1}`},
		{`properties.ok`, `true`},
		{`1.10`, `1.10`}, {`.5`, `0.5`}, {`1_000`, `1000`}, {`007`, `7`}, {`1.`, `1`}, {`0x1F`, `31`}, {`1e3`, `1e3`}, {`-0.10`, `-0.10`},
		{`0.1000000000000000000001`, `0.1000000000000000000001`},
		{`"a\n\"é\""`, `"a\n\"é\""`},

		// Names and members.
		{`event.event`, `"order paid"`}, {`event["uuid"]`, `"018e9f2c-0000-7000-8000-000000000001"`},
		{`event.timestamp`, `1772618531`}, {`event.distinct_id`, `"ada@example.com"`}, {`event.raw_distinct_id`, `"device-1"`},
		{`event.elements_chain`, `"a.nav:text=\"Pricing\""`},
		{`person.id`, `"018e9f2c-1111-7000-8000-000000000001"`}, {`person.distinct_id`, `"ada@example.com"`},
		{`person.properties.plan`, `"pro"`}, {`person["properties"]["seats"]`, `12`},
		{`properties["my name"]`, `"x y"`}, {`properties.escaped`, `7`}, {`properties.twice`, `2`},
		{`properties.cart.items[0].sku`, `"a"`}, {`properties.cart.items[-1].sku`, `"c"`}, {`properties.cart.items[3].sku`, `nil`},
		{`properties.cart["items"][properties.count - 2].sku`, `"b"`}, {`properties[properties.missing]`, `nil`}, {`properties["pl" + "an"]`, `"pro"`},
		{`properties.missing.a.b[3].c`, `nil`}, {`properties.plan.x`, `nil`}, {`properties.cart.coupon`, `nil`}, {`properties?.cart?.items?.[0]?.sku`, `"a"`},
		{`properties.cart.items[1.5]`, `nil`}, {`properties.cart.items.sku`, `nil`}, {`properties.cart[0]`, `nil`},

		// Nil.
		{`nil`, `nil`}, {`properties.missing ?? "x"`, `"x"`}, {`properties.cart.coupon ?? properties.missing ?? 3`, `3`}, {`properties.empty ?? "x"`, `""`},
		{`default(properties.missing, nil, properties.plan, 1 / 0)`, `"pro"`}, {`default(nil)`, `nil`},
		{`lower(properties.missing)`, `nil`}, {`properties.missing + 1`, `nil`}, {`properties.missing < 1`, `false`}, {`not (properties.missing < 1)`, `true`},
		{`(not properties.ok) == properties.no`, `true`}, {`not properties.no and properties.ok`, `true`},
		{`properties.missing == nil`, `true`}, {`properties.cart.coupon == nil`, `true`}, {`properties.plan != nil`, `true`}, {`properties.missing.x != 1`, `true`},

		// Comparisons.
		{`properties.plan == "pro"`, `true`}, {`properties.plan == "Pro"`, `false`}, {`properties.price == 12.5`, `true`}, {`properties.price == "12.50"`, `false`},
		{`properties.big == 9007199254740992`, `false`}, {`properties.big > 9007199254740992`, `true`}, {`properties.huge > properties.big`, `true`},
		{`1 == 1.0 and 10e-1 == 1 and 0 == -0.0`, `true`}, {`-1 < 0 and -2.5 < -2.49 and 0.001 > 0.0009`, `true`}, {`"a" < "b" and "B" < "a"`, `true`},
		{`properties.ok == true`, `true`}, {`properties.ok != properties.no`, `true`}, {`[1, 2] == [1.0, 2]`, `true`}, {`[1] == [1, 2]`, `false`},
		{`{a: 1, "b": [nil]} == {b: [nil], a: 1.0}`, `true`}, {`{a: 1} == {a: 1, b: nil}`, `true`}, {`{a: 1} == {a: 2}`, `false`},
		{`1 < 2 < 3`, `true`}, {`1 < properties.count <= 2`, `false`},

		// Conditions.
		{`properties.ok and not properties.no`, `true`}, {`properties.missing or properties.no`, `false`}, {`properties.missing && 1 / 0 > 1`, `false`},
		{`!properties.missing`, `true`}, {`properties.ok ? "y" : 1 / 0`, `"y"`}, {`if properties.count > 5 { 1 } else if properties.ok { 2 } else { 3 }`, `2`},

		// Searches.
		{`"vip" in properties.tags`, `true`}, {`properties.plan in ["free", "pro"]`, `true`}, {`properties.plan not in ["free", "trial"]`, `true`}, {`2 in properties.scores`, `true`},
		{`"coupon" in properties.cart`, `false`}, {`"items" in properties.cart`, `true`}, {`1 in properties.missing`, `false`}, {`nil in properties.tags`, `true`},
		{`properties.name contains "Zoë \"Z"`, `true`}, {`properties.tags contains "new"`, `true`}, {`properties.missing contains "x"`, `false`}, {`properties.plan contains properties.missing`, `false`},
		{`properties.plan startsWith "pr" and properties.plan endsWith "ro" and not (properties.plan startsWith "ro")`, `true`}, {`properties.missing startsWith ""`, `false`},
		{`properties.plan matches "^p.o$"`, `true`}, {`properties.name matches "zoë"`, `false`}, {`properties.name matches "(?i)zoë"`, `true`}, {`properties.missing matches ""`, `false`},

		// Arithmetic.
		{`0.1 + 0.2`, `0.3`}, {`properties.price * 2`, `25`}, {`properties.count / 2`, `1.5`}, {`1 / 3`, `0.3333333333333333333`}, {`7 % 3`, `1`}, {`-7 % 3`, `-1`},
		{`properties.big + 1`, `9007199254740994`}, {`9223372036854775807 + 1`, `9223372036854775808`}, {`2 - 5`, `-3`}, {`-properties.price`, `-12.50`}, {`-(-3)`, `3`}, {`+properties.count`, `3`},
		{`0 * -1`, `0`}, {`-0`, `-0`}, {`1e3 + 1`, `1001`}, {`"a" + properties.plan + "\n"`, `"apro\n"`}, {`2 + 3 * 4 - (1 + 1)`, `12`},

		// Lists and objects.
		{`[properties.plan, 1, nil, [true]]`, `["pro",1,null,[true]]`}, {`{b: properties.plan, "a x": properties.missing, 3: {}}`, `{"b":"pro","a x":null,"3":{}}`}, {`[]`, `[]`},
		{`any(properties.cart.items, .sku == "b")`, `true`}, {`all(properties.cart.items, #.qty > 0)`, `false`}, {`count(properties.cart.items, .qty > 0)`, `2`},
		{`filter(properties.tags, # == "vip")`, `["vip","vip"]`}, {`map(properties.cart.items, .sku)`, `["a","b","c"]`}, {`map(properties.scores, # + #index)`, `[3,2,4,4]`},
		{`sum(properties.cart.items, .price * .qty)`, `2.4`}, {`sum(properties.scores)`, `7`}, {`sum([])`, `0`}, {`any([], true)`, `false`}, {`all([], false)`, `true`},
		{`any(properties.missing, true)`, `nil`}, {`count(properties.missing, true)`, `nil`}, {`properties.tags | filter(# != nil) | map(upper(#)) | join("+")`, `"VIP+NEW+VIP"`},
		{`map([1, 2], map([10, 20], # + 1))`, `[[11,21],[11,21]]`}, {`any(properties.cart.items, any([1], # == 1))`, `true`},
		{`map(properties.cart.items, ({sku: .sku, total: (.price ?? 0) * .qty}))`, `[{"sku":"a","total":2.2},{"sku":"b","total":0.2},{"sku":"c","total":0}]`},
		{`first(properties.tags)`, `"vip"`}, {`last(properties.tags)`, `nil`}, {`first([])`, `nil`}, {`unique(properties.tags)`, `["vip","new",null]`}, {`unique([1, 1.0, "1"])`, `[1,"1"]`},
		{`sort(properties.scores)`, `[1.0,1,2,3]`}, {`sort(["b", "é", "a"])`, `["a","b","é"]`}, {`sort([])`, `[]`}, {`sort(properties.tags)`, `["new","vip","vip"]`}, {`properties.scores[1:3]`, `[1.0,2]`}, {`properties.scores[:-3]`, `[3]`}, {`properties.scores[9:]`, `[]`},
		{`let items = properties.cart.items; let n = length(items); n * n`, `9`},
		{`filter(properties.cart.items, { let total = .price * .qty; total > 1 })[0].sku`, `"a"`},

		// Functions.
		{`lower("ÀBC ẞ")`, `"àbc ß"`}, {`upper("straße é")`, `"STRAßE É"`}, {`trim(properties.name)`, `"Zoë \"Z\""`}, {`digits("+49 (30) 1\u0662-4\n5")`, `"4930145"`}, {`digits("none")`, `nil`}, {`digits(properties.missing)`, `nil`},
		{`replace("a-b-c", "-", "")`, `"abc"`}, {`replace("aaa", "aa", "b")`, `"ba"`}, {`replace("abc", "", "x")`, `"abc"`},
		{`split("a,b,,c", ",")`, `["a","b","","c"]`}, {`split("", ",")`, `[""]`}, {`join(["a", 1, true, nil, "b"], "-")`, `"a-1-true-b"`}, {`join([])`, `""`},
		{`substring("héllo", 1, 3)`, `"él"`}, {`substring("héllo", -3)`, `"llo"`}, {`"héllo"[1:]`, `"éllo"`}, {`substring("abc", 2, 1)`, `""`}, {`substring("abc", 1, 99)`, `"bc"`},
		{`length("héllo")`, `5`}, {`length(properties.tags)`, `4`}, {`length(properties.cart)`, `2`}, {`length(properties.missing) > 0`, `false`},
		{`number(properties.num) * 2`, `25`}, {`number(" -1e3 ")`, `-1e3`}, {`number("abc")`, `nil`}, {`number("01")`, `nil`}, {`number("")`, `nil`}, {`number(5.0)`, `5.0`}, {`number("NaN") ?? 0`, `0`},
		{`text(properties.price)`, `"12.50"`}, {`text(true)`, `"true"`}, {`text("x")`, `"x"`}, {`text([1, "a"])`, `"[1,\"a\"]"`}, {`"n" + text(1)`, `"n1"`},
		{`bool("TRUE")`, `true`}, {`bool(" false ")`, `false`}, {`bool(1)`, `true`}, {`bool(0)`, `false`}, {`bool(2)`, `nil`}, {`bool("yes")`, `nil`}, {`bool(true)`, `true`},
		{`round(2.5)`, `3`}, {`round(-2.5)`, `-3`}, {`round(2.345, 2)`, `2.35`}, {`round(1.2, 5)`, `1.2`}, {`round(0.05, 1)`, `0.1`}, {`floor(-1.5)`, `-2`}, {`ceil(1.2)`, `2`}, {`abs(-1.50)`, `1.50`}, {`abs(3)`, `3`},
		{`min(3, 1.0, 2)`, `1.0`}, {`max(properties.scores)`, `3`}, {`max(properties.missing, 3)`, `3`}, {`max(nil)`, `nil`}, {`min([])`, `nil`}, {`max(properties.huge, 1)`, `1e400`},
		{`unix("2026-03-04T10:02:11Z")`, `1772618531`}, {`unix(properties.day)`, `1772582400`}, {`unix(properties.seconds)`, `1772618531`}, {`unix("soon")`, `nil`}, {`date(properties.when)`, `"2026-03-04T10:02:11.5Z"`},
		{`date(0)`, `"1970-01-01T00:00:00Z"`}, {`unix("1969-12-31T23:59:59.5Z")`, `-1`}, {`date("2026-03-04T10:02:11+02:00")`, `"2026-03-04T08:02:11Z"`},
		{`format_date(properties.when, "YYYY-MM-DD")`, `"2026-03-04"`}, {`format_date(0, "dddd ddd D. MMMM MMM YY M H:mm:ss HH [at] DD")`, `"Thursday Thu 1. January Jan 70 1 0:00:00 00 at 01"`}, {`format_date("soon", "YYYY")`, `nil`},
		{`sha256(lower(trim(" Ada@Example.com ")))`, `"b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72"`}, {`md5("")`, `"d41d8cd98f00b204e9800998ecf8427e"`},
		{`host(properties["$current_url"])`, `"shop.example.com:8443"`}, {`path(properties.$current_url)`, `"/a/b"`}, {`query(properties.$current_url, "utm_source")`, `"mail chimp"`}, {`query(properties.$current_url, "q")`, `"é"`},
		{`query(properties.$current_url, "top")`, `nil`}, {`host("/only/a/path?x=1")`, `nil`}, {`path("/only/a/path?x=1")`, `"/only/a/path"`}, {`host("https://u:p@a.b")`, `"a.b"`}, {`path("https://a.b")`, `"/"`}, {`query("?a", "a")`, `""`}, {`query("?%zz=1", "%zz")`, `"1"`},
	} {
		p := compile(t, test.text)
		row := rowOf(order)
		if got := shown(e, p, row); got != test.want {
			t.Errorf("%s gives %s, want %s", test.text, got, test.want)
		}
		row.Members = nil
		if got := shown(e, p, row); got != test.want {
			t.Errorf("%s without members gives %s, want %s", test.text, got, test.want)
		}
	}
}
