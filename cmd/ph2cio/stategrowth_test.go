package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// growth is how large a test of growth is: 12 small nights in the suite, PH2CIO_GROWTH large nights in a soak.
type growth struct {
	nights     int
	rows       int64 // of the file that grows
	identified int   // people who are identified in a night
}

func sizeOfGrowth(t *testing.T) growth {
	text := testSettings["PH2CIO_GROWTH"]
	if text == "" {
		return growth{12, 2_000, 300}
	}
	nights, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return growth{nights, 20_000, 1_000}
}

// TestStateGrowsByWhatIsNew syncs night after night, first one file that grows by 2 % in each, then a new file
// in each in which people are identified. After the last night the state is little larger than that of one
// sync of all the files.
//
// With -v it prints the bytes of the state and of its largest tables, and the seconds of processor time that
// the nights took.
func TestStateGrowsByWhatIsNew(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	g := sizeOfGrowth(t)
	t.Run("one file that grows by 2 % a night", func(t *testing.T) {
		n := newGrowing(t)
		n.append("export.jsonl", syntheticPeople(t, g.rows, 1))
		for night := range g.nights {
			n.append("export.jsonl", syntheticPeople(t, g.rows/50, uint64(night+2)))
			n.sync(night + 1)
		}
		n.compare()
	})
	t.Run(fmt.Sprintf("%d people identified a night", g.identified), func(t *testing.T) {
		n := newGrowing(t)
		for night := range g.nights {
			n.append(fmt.Sprintf("%02d.jsonl", night+1), identifications(night, g.identified))
			n.sync(night + 1)
		}
		n.compare()
	})
}

// growing is a state that grows from night to night.
type growing struct {
	*run
	nights int
}

func newGrowing(t *testing.T) *growing {
	_, url := newBox(t, sandbox.Faults{})
	n := &growing{run: newRun(t, url)}
	t.Logf("%5s %10s %6s  %s", "night", "state.db", "CPU", "tables, in KB")
	return n
}

// append appends rows to a file of the export.
func (n *growing) append(name, text string) {
	n.t.Helper()
	path := filepath.Join(n.dir, "export", name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	var file *os.File
	if err == nil {
		file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	}
	if err == nil {
		_, err = file.WriteString(text)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// sync is one night.
func (n *growing) sync(night int) {
	n.t.Helper()
	took := n.syncInto("state")
	if night%10 == 0 || night == 1 {
		n.t.Logf("%5d %10d %5.2fs  %s", night, n.sizeOf("state"), took.Seconds(), tableSizes(n.t, filepath.Join(n.dir, "state")))
	}
	n.nights = night
}

// syncInto syncs the export with a state, and returns the processor time that it took.
func (n *growing) syncInto(state string) time.Duration {
	n.t.Helper()
	c, _, stderr := n.command("sync", "--first-run", "--quiet", "--json", "--recent", "send", "--rate", "1000", "--state", state, "export")
	if err := c.Run(); err != nil {
		n.t.Fatalf("%v\n%s", err, stderr)
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
}

// compare compares the state with that of one sync of everything.
func (n *growing) compare() {
	n.t.Helper()
	n.syncInto("once")
	have, want := n.sizeOf("state"), n.sizeOf("once")
	n.t.Logf("%5s %10d %6s  %s", "once", want, "", tableSizes(n.t, filepath.Join(n.dir, "once")))
	if limit := want * 3 / 2; have > limit {
		n.t.Errorf("after %d nights the state has %d bytes, after one run of the same files %d; want at most %d", n.nights, have, want, limit)
	}
}

func (n *growing) sizeOf(state string) int64 {
	n.t.Helper()
	info, err := os.Stat(filepath.Join(n.dir, state, "state.db"))
	if err != nil {
		n.t.Fatal(err)
	}
	return info.Size()
}

// tableSizes returns how large the tables of a state are that take a hundredth of it, the largest first.
func tableSizes(t *testing.T, state string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(state, "state.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT name, sum(pgsize) AS size FROM dbstat GROUP BY name
		UNION ALL SELECT 'free', (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size) ORDER BY size DESC`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		var size int64
		if err := rows.Scan(&name, &size); err != nil {
			t.Fatal(err)
		}
		if size > 8<<10 {
			tables = append(tables, fmt.Sprintf("%s %d", name, size>>10))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(tables, ", ")
}

// syntheticPeople returns rows of always the same 500 people.
func syntheticPeople(t *testing.T, rows int64, seed uint64) string {
	t.Helper()
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Rows: rows, People: 500, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// identifications returns the rows of a night in which people are identified on new devices and get a new
// attribute. Four of five have been identified in nights before.
func identifications(night, people int) string {
	var text strings.Builder
	for i := range people {
		who := night*people/5 + i
		fmt.Fprintf(&text, `{"uuid":"019cb84c-40bc-7204-%04x-%012x","event":"$identify","distinct_id":"user_%d","timestamp":"2026-03-%02dT10:%02d:%02dZ",`+
			`"properties":{"$anon_distinct_id":"019ca7a0-1111-7000-%04x-%012x","$set":{"email":"user_%d@example.com","plan":"basic","logins":%d}}}`+"\n",
			0x8000+night, i, who, night%28+1, i/60%60, i%60, 0x8000+night, i, who, night)
	}
	return text.String()
}
