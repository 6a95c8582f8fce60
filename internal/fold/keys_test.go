package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/rawjson"
)

// keptOf returns the properties of an object that a cache keeps, as KEY=VALUE.
func keptOf(c *KeyCache, object string) (all []string) {
	text := []byte(object)
	kept := c.AppendKept(nil, text, rawjson.WalkMembers(nil, text))
	for len(kept) > 0 {
		var p Property
		p, kept = ReadProperty(kept)
		all = append(all, c.table.KeyName(p.Code, p.Inline)+"="+string(p.Value))
	}
	return all
}

func TestWhichKeysAreKept(t *testing.T) {
	long := "$" + strings.Repeat("x", 70)
	keys := NewKeys(KeyOptions{
		Keep:       func(key []byte) bool { return string(key) != "secret" },
		DropDollar: true, Dollars: []string{"$name"}, Names: []string{"email", "plan"},
	})
	c := keys.Cache()
	object := `{"email":1,"$other":2,"secret":3,"":4,"$name":null,"a\"b":5,"` + long + `":6,"plan":7,"$":8}`
	for range 3 { // the second time the cache knows the keys, and the third time also their order
		got := keptOf(&c, object)
		if want := []string{"email=1", "=4", "$name=null", `a"b=5`, "plan=7"}; !slices.Equal(got, want) {
			t.Errorf("kept %q, want %q", got, want)
		}
	}
	if got := keptOf(&c, `{"plan":1,"email":2,"secret":3}`); !slices.Equal(got, []string{"plan=1", "email=2"}) {
		t.Errorf("in another order: %q", got)
	}
	if got := keys.Names(FirstKey); !slices.Equal(got, []string{"email", "plan", "secret", "", "$name", `a"b`}) {
		t.Errorf("the table has %q", got)
	}
	if got := keys.Names(FirstKey + 4); !slices.Equal(got, []string{"$name", `a"b`}) {
		t.Errorf("from the fifth on it has %q", got)
	}
	for name, want := range map[string]bool{"plan": true, "secret": false, "email": false, "none": false} {
		if got := keys.HasKept(FirstKey+1, func(key string) bool { return key == name }); got != want {
			t.Errorf("from the second on there is %s: %t", name, got)
		}
	}
	dollars := NewKeys(KeyOptions{}).Cache()
	if got := keptOf(&dollars, `{"$other":2,"`+long+`":null}`); !slices.Equal(got, []string{"$other=2", long + "=null"}) {
		t.Errorf("without DropDollar: %q", got)
	}
}

// TestKeysBeyondTheTable has more keys than the table has room for.
func TestKeysBeyondTheTable(t *testing.T) {
	keys := NewKeys(KeyOptions{Keep: func(key []byte) bool { return string(key) != "last but one" }})
	c, other := keys.Cache(), keys.Cache()
	never := func(string) bool { return false }
	for i := range int(MaxKeys) - 1 {
		if keys.HasKept(FirstKey, never) {
			t.Fatalf("the table is full with %d keys", i)
		}
		keptOf(&c, fmt.Sprintf(`{"k%d":1}`, i))
	}
	if !keys.HasKept(FirstKey, never) {
		t.Error("the table is not full")
	}
	object := `{"k0":1,"last but one":2,"last":null,"k4094":3,"and more":4}`
	for _, cache := range []*KeyCache{&c, &other, &c} {
		if got := keptOf(cache, object); !slices.Equal(got, []string{"k0=1", "last=null", "k4094=3", "and more=4"}) {
			t.Errorf("kept %q", got)
		}
	}
	first, then := rowAt(1, 1), rowAt(2, 2)
	first.Set, first.Unset = []byte(object), []byte(`["none"]`)
	then.Set, then.Unset = []byte(`{"last":5,"k0":6}`), []byte(`["and more"]`)
	h := NewHistory(keys)
	h.Learn(0, &then)
	h.Learn(0, &first)
	var got []string
	for _, one := range h.Attributes() {
		got = append(got, one.Name+"="+string(one.Value))
	}
	if want := []string{"k0=6", "k4094=3", "last=5"}; !slices.Equal(got, want) {
		t.Errorf("folded to %q, want %q", got, want)
	}
}

// TestFind looks up values by names, also by those of keys that the table has no room for.
func TestFind(t *testing.T) {
	keys := NewKeys(KeyOptions{Names: []string{"email"}})
	c := keys.Cache()
	if _, found := keys.Find("plan"); found {
		t.Error("nobody has a plan")
	}
	for i := range int(MaxKeys) {
		keptOf(&c, fmt.Sprintf(`{"k%d":1}`, i))
	}
	object := []byte(`{"plan":"pro","email":"maya@example.com","k5":5}`)
	st := SnapshotState(c.AppendKept(nil, object, rawjson.WalkMembers(nil, object)), ChangeOrder{})
	for name, want := range map[string]string{"plan": `"pro"`, "email": `"maya@example.com"`, "k5": "5", "k6": "", "none": ""} {
		key, found := keys.Find(name)
		value, _, has := st.ValueOf(&key)
		if !found || string(value) != want || has != (want != "") {
			t.Errorf("%s is %q, %t, %t", name, value, found, has)
		}
	}
}
