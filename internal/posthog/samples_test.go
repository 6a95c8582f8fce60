package posthog

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

// The files in testdata are one history in three shapes: a batch export, a dump of ClickHouse with its first
// four rows, and an export of the events explorer with eight others. People and values are made up.

func sample(t *testing.T, name string) []row {
	t.Helper()
	path := filepath.Join("testdata", name)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, troubles := readRows(t, []source.Source{{Name: path, Size: info.Size()}}, Options{})
	if len(troubles) > 0 {
		t.Fatal(troubles)
	}
	return rows
}

func TestBatchExportSample(t *testing.T) {
	const (
		anonymous = "0195602e-7a11-7c3e-9d55-3f2b61c0aa01"
		second    = "01957b90-11de-7b1a-8a61-6b1c22f0ab02"
		third     = "01956100-5c33-7d20-9a10-aa55bb66cc04"
		maya      = "b1b32417-b0ba-5954-a245-e60d29e93178"
		jonas     = "2504b23e-cf77-5b11-be29-47d663e7c4f2"
		priya     = "455b1b39-29f4-538f-94c9-5763f228b0fc"
	)
	want := []string{
		"$pageview " + anonymous + " person=" + maya + " at=1772615727123000 device=" + anonymous + " personless",
		"$autocapture " + anonymous + " person=" + maya + " at=1772615741000000 device=" + anonymous + " personless",
		"$identify user_1001 person=" + maya + " at=1772615762480000 user=user_1001 device=" + anonymous + " anon=" + anonymous + " identified set once",
		"Order Completed user_1001 person=" + maya + " at=1772618531004512",
		"$pageview " + second + " person=d6c890ca-d8bb-503f-9ada-149ef0a67758 at=1773081600500000 device=" + second + " personless",
		"$identify user_1001 person=" + maya + " at=1773081670250000 user=user_1001 device=" + second + " anon=" + second + " identified set once",
		"$create_alias 0195602f-0b22-7e10-8f00-1c2d3e4f5a03 person=" + jonas + " at=1772697601000000 alias=user_1002",
		"$set user_1002 person=" + jonas + " at=1772697603900000 set once unset",
		"$identify undefined person=77fd3aa3-d6cd-5256-8273-b71fceb382c4 at=1772795471110000 user=undefined device=" + third + " anon=" + third + " identified set once",
		"Signed Up user_1003 person=" + priya + " at=1772787600250000 set",
		"$identify user_1003 person=" + priya + " at=1772884800000000 user=user_1003 device=" + anonymous + " anon=user_1001 identified set once",
		"$groupidentify $company_acme person=33f8a0ec-fff5-5c88-b7df-cc5cd92ab838 at=1772618532000000",
		"$feature_flag_called user_1001 person=" + maya + " at=1773081672000000 user=user_1001 device=" + second + " identified",
		"Project Created user_1001 person=" + maya + " at=1773081899000001 user=user_1001 device=" + second + " identified",
		"Order Completed user_1001 person=" + maya + " at=1772618531004512",
	}
	var got []string
	for _, r := range sample(t, "batch_export.jsonl") {
		got = append(got, r.summary())
		if r.CreatedAt.State != Known || r.PersonProperties == "" || r.UUID == "" {
			t.Errorf("row %d: %+v", r.Ref, r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func (r row) summary() string {
	var text strings.Builder
	text.WriteString(fmt.Sprintf("%s %s person=%s at=%d", r.Name, r.DistinctID, r.PersonID, r.Timestamp.Micros))
	for _, part := range []struct{ name, value string }{{"user", r.UserID}, {"device", r.DeviceID}, {"anon", r.AnonDistinctID}, {"alias", r.Alias}} {
		if part.value != "" {
			text.WriteString(" " + part.name + "=" + part.value)
		}
	}
	for _, part := range []struct {
		name string
		is   bool
	}{{"personless", r.Personless}, {"identified", r.IsIdentified}, {"set", r.Set != ""}, {"once", r.SetOnce != ""}, {"unset", r.Unset != ""}} {
		if part.is {
			text.WriteString(" " + part.name)
		}
	}
	return text.String()
}

func byUUID(rows []row) map[string]row {
	all := make(map[string]row)
	for _, r := range rows {
		all[r.UUID] = r
	}
	return all
}

func TestClickHouseSampleIsTheSameHistory(t *testing.T) {
	export := byUUID(sample(t, "batch_export.jsonl"))
	rows := sample(t, "clickhouse.csv")
	if len(rows) != 4 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		want := export[r.UUID]
		want.Ref, want.Line, want.TeamID = r.Ref, r.Line, 4242
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("%s: batch export (-), ClickHouse (+):\n%s", r.Name, diff)
		}
	}
}

// The events explorer's CSV has lost null, empty values and some types, and has the persons of today. The
// rest is the same.
func TestExplorerSampleIsTheSameHistory(t *testing.T) {
	export := byUUID(sample(t, "batch_export.jsonl"))
	rows := sample(t, "events_explorer.csv")
	if len(rows) != 8 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		want := export[r.UUID]
		// Text that looks like JSON cannot be distinguished from JSON.
		want.Properties = strings.ReplaceAll(want.Properties, `"{\"steps\": 3}"`, `{"steps": 3}`)
		if diff := cmp.Diff(withoutNothing(t, want.Properties), withoutNothing(t, r.Properties)); diff != "" {
			t.Errorf("%s: batch export (-), events explorer (+):\n%s", r.Name, diff)
		}
		want.Ref, want.Line, want.TeamID = r.Ref, r.Line, 4242
		want.Properties, want.Members, want.PersonProperties = r.Properties, r.Members, ""
		for _, set := range []*string{&want.Set, &want.SetOnce} {
			if *set == "{}" {
				*set = ""
			}
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("%s: batch export (-), events explorer (+):\n%s", r.Name, diff)
		}
	}
}

// withoutNothing leaves out what is null or empty at any depth.
func withoutNothing(t *testing.T, object string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(object))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	var prune func(any) any
	prune = func(value any) any {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				if value[key] = prune(inner); value[key] == nil {
					delete(value, key)
				}
			}
			if len(value) == 0 {
				return nil
			}
		case []any:
			if len(value) == 0 {
				return nil
			}
		case string:
			if value == "" {
				return nil
			}
		}
		return value
	}
	return prune(value)
}
