package posthog

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParquetSaysWhichColumnsAreRead has a file of which --column makes more readable.
func TestParquetSaysWhichColumnsAreRead(t *testing.T) {
	read := func(name string, options Options) map[string]bool {
		found, err := Parquet(t.Context(), sampleFile(t, name), options)
		if err != nil || found == nil {
			t.Fatal(name, found, err)
		}
		all := map[string]bool{}
		for _, c := range found.Columns {
			all[c.Name] = c.Read
		}
		return all
	}
	events := map[string]bool{
		"event": true, "timestamp": true, "distinct_id": true, "_inserted_at": false, "uuid": true, "created_at": true, "person_id": true,
		"elements_chain": true, "properties": true, "person_properties": true,
	}
	without := map[string]bool{
		"my_event_name": false, "distinct_id": false, "event_time": false, "uuid": false, "all_properties": false, "revenue": false,
	}
	named := map[string]bool{
		"my_event_name": true, "distinct_id": true, "event_time": true, "uuid": true, "all_properties": true, "revenue": false,
	}
	for _, test := range []struct {
		file    string
		options Options
		want    map[string]bool
	}{
		{"events_zstd.parquet", Options{}, events},
		{"custom_snappy.parquet", Options{}, without}, // it is refused
		{"custom_snappy.parquet", Options{Columns: columns(t, "event=my_event_name", "timestamp=event_time", "properties=all_properties")}, named},
	} {
		if diff := cmp.Diff(test.want, read(test.file, test.options)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.file, diff)
		}
	}
}

func TestParquetDescribesAFile(t *testing.T) {
	found, err := Parquet(t.Context(), sampleFile(t, "many_zstd.parquet"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &ParquetFile{Codec: "zstd", Groups: 3, Columns: []ParquetColumn{
		{"uuid", "STRING", true, ""}, {"event", "STRING", true, ""}, {"distinct_id", "STRING", true, ""},
		{"timestamp", "TIMESTAMP(MICROS, UTC)", true, ""}, {"properties", "STRING", true, ""},
	}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParquetDescribesNothingElse(t *testing.T) {
	whole, err := os.ReadFile(parquetDir + "events_zstd.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"JSON lines": []byte(eventRow), "nothing": nil, "cut short": whole[:len(whole)-9], "encrypted": []byte("PARE\x15\x04\x00\x00\x00\x00PARE"),
	} {
		if found, err := Parquet(t.Context(), sourceOf(t, "x", data), Options{}); found != nil || err != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	gone := sampleFile(t, "events_zstd.parquet")
	gone.Name += ".gone"
	if found, err := Parquet(t.Context(), gone, Options{}); found != nil || err == nil {
		t.Errorf("a file that is gone: %v, %v", found, err)
	}
}
