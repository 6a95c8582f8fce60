package posthog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/source"
)

func TestColumnsThatAreLeftOutAreNamed(t *testing.T) {
	for _, test := range []struct {
		name, text, said string
		columns          []Column
	}{
		{"CSV", "event,distinct_id,timestamp,revenue,$session_id,plan,revenue\na,u,1,2,3,4,5\n", `"revenue, plan"`, nil},
		{"CSV of what is known", "event,distinct_id,elements_chain,_inserted_at,properties.x,person.created_at\na,u,,1,2,3\n", "", nil},
		{"CSV of a person's", "event,distinct_id,person.email,person.plan,person.id,Person .properties.no,Person .display_name,person.distinct_ids.0\n" +
			"a,u,1,2,3,4,5,6\n", `"person.email, person.plan, Person .properties.no"`, nil},
		{"CSV of the whole event", "*.event,*.distinct_id,*.foo,*.inserted_at,*.elements_chain_href\na,u,1,2,3\n", `"*.foo"`, nil},
		{"CSV of the new table of events", "event,distinct_id,properties,set,set_once,unset,group_set\na,u,{},{},{},[],{}\n", "", nil},
		{"CSV of the new table as a whole", "*.event,*.distinct_id,*.set,*.set_once,*.unset,*.group_set\na,u,{},{},[],{}\n", "", nil},
		{"CSV of the new table, flattened", "*.event,*.distinct_id,*.set.email\na,u,a@b.example\n", `"*.set.email"`, nil},
		{"query of the new table", `{"columns":["event","distinct_id","set","set_once","unset","group_set"],"results":[["a","u",{},{},[],{}]]}`, "", nil},
		{"CSV of properties twice", "event,distinct_id,*.properties.a,*.properties.t.0,properties.a,properties.t,properties.b\na,u,1,2,3,4,5\n", "", nil},
		{"CSV with a name given", "event,distinct_id,who\na,u,v\n", "", columns(t, "distinct_id=who")},
		{"query", `{"columns":["event","distinct_id","revenue"],"results":[["a","u",1]]}`, `"revenue"`, nil},
		{"query of what is known", `{"columns":["*","event","person_mode","properties.x"],"results":[[{"event":"a","distinct_id":"u"},"a","full",1]]}`, "", nil},
	} {
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", []byte(test.text))}, Options{Columns: test.columns})
		if len(rows) != 1 || rows[0].Reason != "" {
			t.Errorf("%s: %+v", test.name, rows)
		}
		switch {
		case test.said == "" && len(troubles) == 0:
		case test.said != "" && len(troubles) == 1 && troubles[0].Kind == Warning && strings.HasSuffix(troubles[0].Err.Error(), test.said):
		default:
			t.Errorf("%s: %v", test.name, troubles)
		}
	}
}

func TestColumnsThatAreThereTwiceAreRefused(t *testing.T) {
	for _, columns := range []string{`"event","event","distinct_id"`, `"event","distinct_id","distinct_id"`, `"event","properties.x","properties.x"`} {
		text := `{"columns":[` + columns + `],"results":[["a","b","c"]]}`
		rows, troubles := readRows(t, []source.Source{sourceOf(t, "x", []byte(text))}, Options{})
		if len(rows) > 0 || len(troubles) != 1 || troubles[0].Kind != Refused || !strings.Contains(troubles[0].Error(), "more than once") {
			t.Errorf("%s: %d rows, %v", columns, len(rows), troubles)
		}
	}
}

// PostHog's own exports are read without a warning.
func TestNothingIsSaidOfTheColumnsOfExports(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "exports", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		_, troubles := readRows(t, []source.Source{{Name: path, Size: info.Size()}}, Options{})
		for _, trouble := range troubles {
			if trouble.Kind == Warning {
				t.Error(trouble)
			}
		}
	}
}
