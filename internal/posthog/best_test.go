package posthog
import ("testing";"time";"os";"fmt")
func TestBest(t *testing.T) {
	if os.Getenv("BEST") == "" { t.Skip() }
	data := makeRows(6000)
	csvData := asClickHouseCSV(t, data)
	ui := asExplorerCSV(t, data)
	best := func(n int, f func()) float64 { min := time.Duration(1<<60); for range n { s := time.Now(); f(); if d := time.Since(s); d < min { min = d } }; return min.Seconds() }
	valid := best(100, func() { validSeconds(data) })
	fmt.Printf("json.Valid %.0f MB/s\n", float64(len(data))/1e6/valid)
	show := func(name string, d []byte, base float64) {
		src := sourceOf(t, name, d)
		s := best(300, func() { readAll(t, []Source{src}, Options{}) })
		fmt.Printf("%s: %.0f MB/s, ratio %.3f\n", name, float64(len(d))/1e6/s, s/base)
		one := best(200, func() { for c, err := range Read(t.Context(), []Source{src}, Options{}) { if err != nil { t.Fatal(err) }; c.Release() } })
		var cs []*Chunk
		for c := range Read(t.Context(), []Source{src}, Options{}) { cs = append(cs, c) }
		dec := best(200, func() { for _, c := range cs { for e := range c.Events() { touch(e) } } })
		sum := best(200, func() { for _, c := range cs { c.summed=false; c.sum() } })
		fmt.Printf("   read only %.4f, decode on one core %.4f (%.0f MB/s), sum %.4f: of base %.4f\n", one, dec, float64(len(d))/1e6/dec, sum, base)
	}
	show("a.jsonl", data, valid)
	show("a.csv", csvData, valid)
	show("ui.csv", ui, valid)
	for _, m := range []bool{false, true} {
		z := zip(t, data, m)
		src := sourceOf(t, "z.gz", z)
		base := best(30, func() { inflateSeconds(t, src.Path) })
		fmt.Printf("klauspost many=%v %.0f MB/s ratio %.1f\n", m, float64(len(data))/1e6/base, float64(len(data))/float64(len(z)))
		show("z.gz", z, base)
	}
}
