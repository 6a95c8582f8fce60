package sandbox

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkBatch sends batches of 500 events of about 700 bytes each.
func BenchmarkBatch(b *testing.B) {
	const events = 500
	data := `{` + many(20) + `,"$current_url":"https://example.com/a/b?c=d","title":"` + x(200) + `"}`
	s := New(Options{Limits: Limits{KeptEvents: 100_000, KeptIDs: 100_000}})
	var bytes int64
	for i := 0; b.Loop(); i++ {
		var body strings.Builder
		for j := range events {
			body.WriteString(map[bool]string{true: ",", false: `{"batch":[`}[j > 0])
			body.WriteString(eventOf(fmt.Sprint("user-", j%100), "bought",
				fmt.Sprintf(`,"id":"01KJW22XWRS7HD%06d%06d","timestamp":1500000000,"attributes":%s`, i%1_000_000, j, data)))
		}
		body.WriteString("]}")
		bytes = int64(body.Len())
		r := httptest.NewRequest("POST", batchPath, strings.NewReader(body.String()))
		r.SetBasicAuth("site", "key")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
	b.SetBytes(bytes)
	b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
}
