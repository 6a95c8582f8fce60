package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/klauspost/compress/zstd"
)

// The crowd section is about exports with more people than fit into memory. It takes an hour and 25 GB of
// disk, so it runs only when it is asked for: -only crowd. -scale makes it smaller.
const (
	crowdUsers    = 3_000_000  // identified, each with attributes that change crowdChanges times
	crowdDevices  = 10_000_000 // IDs that an $identify ties to one of the users
	crowdOthers   = 7_000_000  // IDs with a person_id of their own and no attributes
	crowdVisitors = 10_000_000 // personless: they should cost nothing
	crowdChanges  = 20
)

// crowd measures what the first pass takes: at most 80 bytes for each distinct ID or person_id that is not a
// mere visitor's, and 200 MB besides, where there is memory; and with the default for --memory no more than
// 1.2 GB in three times the time.
func (b *bench) crowd() error {
	c := &crowd{scale: b.scale}
	path := filepath.Join(b.tmp, "crowd.jsonl.zst")
	started := time.Now()
	if err := c.write(b, path); err != nil {
		return err
	}
	defer os.Remove(path)
	ids := c.of(crowdUsers) + c.of(crowdDevices) + c.of(crowdOthers)
	persons := c.of(crowdUsers) + c.of(crowdOthers)
	b.table.note(fmt.Sprintf("%d rows, %.0f GB of text made in %s: %d distinct IDs and %d person_ids, and %d visitors",
		c.rows, float64(c.bytes)/1e9, time.Since(started).Round(time.Second), ids, persons, c.of(crowdVisitors)))
	spool := filepath.Join(b.tmp, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		return err
	}
	all, err := b.inTurns(1, false, b.preview("--first-reading-only", "--memory", "4GB", "--tmp", spool, path),
		b.preview("--first-reading-only", "--tmp", spool, path))
	if err != nil {
		return err
	}
	much, little := all[0][0][0], all[1][0][0]
	const mb = 1e6
	b.table.title("crowd, the first reading alone")
	b.table.add(result{what: "--memory 4GB", measured: seconds(much.wall.Seconds()), figure: float64(much.peak) / mb, unit: "MB",
		limit: atMost((80*float64(ids+persons) + 200*mb) / mb)})
	b.compare(all[0])
	b.table.add(result{what: "bytes for each ID and person_id, above 200 MB", figure: (float64(much.peak) - 200*mb) / float64(ids+persons), limit: atMost(80)})
	b.table.add(result{what: "--memory 1GB, the default", measured: seconds(little.wall.Seconds()), figure: float64(little.peak) / mb, unit: "MB", limit: atMost(1200)})
	b.compare(all[1])
	b.table.add(result{what: "its time against that of 4GB", figure: little.wall.Seconds() / much.wall.Seconds(), unit: "x", limit: atMost(3)})
	return nil
}

// crowd makes the rows.
type crowd struct {
	scale float64
	rows  int64
	bytes int64
	out   *bufio.Writer
	line  []byte
	at    time.Time
}

func (c *crowd) of(n int) int { return max(1, int(float64(n)*c.scale)) }

// write makes the file: in each of twenty rounds a row of every user with new attributes, and a part of the
// others.
func (c *crowd) write(b *bench, path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	packer, err := zstd.NewWriter(file, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	c.out, c.at = bufio.NewWriterSize(packer, 1<<20), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for round := range crowdChanges {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		c.round(round)
	}
	return errors.Join(c.out.Flush(), packer.Close())
}

func (c *crowd) round(round int) {
	part := func(n int, row func(i int)) {
		for i := c.of(n) * round / crowdChanges; i < c.of(n)*(round+1)/crowdChanges; i++ {
			row(i)
		}
	}
	part(crowdVisitors, func(i int) {
		c.row(crowdRow{event: "$pageview", id: c.uuid(3, i), kind: 3, person: i, properties: `"$process_person_profile":false`})
	})
	part(crowdOthers, func(i int) { c.row(crowdRow{event: "Opened", id: c.uuid(2, i), kind: 2, person: i}) })
	part(crowdDevices, func(i int) {
		user := i % c.of(crowdUsers)
		anonymous := `"$anon_distinct_id":"` + c.uuid(4, i) + `"`
		c.row(crowdRow{event: "$identify", id: c.user(user), kind: 1, person: user, properties: anonymous})
	})
	for user := range c.of(crowdUsers) {
		c.row(crowdRow{
			event: "Account Updated", id: c.user(user), kind: 1, person: user, attributes: func() { c.attributes(user, round) },
		})
	}
}

func (c *crowd) user(i int) string { return "user_" + strconv.Itoa(i) }

// uuid is one of a kind, spread as random ones are.
func (c *crowd) uuid(kind, i int) string {
	x := spread(uint64(kind)<<40 | uint64(i))
	y := spread(x)
	return fmt.Sprintf("%08x-%04x-4%03x-9%03x-%012x", uint32(x), uint16(x>>32), x>>48&0xfff, y&0xfff, y>>16)
}

// spread is SplitMix64.
func spread(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// crowdRow is what differs between rows. The person_id is that of a kind of person by number.
type crowdRow struct {
	event, id    string
	kind, person int
	properties   string // members of `properties`
	attributes   func() // writes `person_properties`; nil for none
}

// row writes a row.
func (c *crowd) row(r crowdRow) {
	c.at = c.at.Add(700 * time.Millisecond)
	at := c.at.Format("2006-01-02T15:04:05.000000+00:00")
	c.line = append(c.line[:0], `{"uuid":"`...)
	c.line = append(c.line, c.uuid(9, int(c.rows))...)
	c.line = append(c.line, `","event":"`...)
	c.line = append(append(c.line, r.event...), `","distinct_id":"`...)
	c.line = append(append(c.line, r.id...), `","person_id":"`...)
	c.line = append(append(c.line, c.uuid(10+r.kind, r.person)...), `","created_at":"`...)
	c.line = append(append(c.line, at...), `","timestamp":"`...)
	c.line = append(append(c.line, at...), `","properties":{`...)
	c.line = append(append(c.line, r.properties...), '}')
	if r.attributes != nil {
		c.line = append(c.line, `,"person_properties":`...)
		r.attributes()
	}
	c.line = append(c.line, "}\n"...)
	c.rows++
	c.bytes += int64(len(c.line))
	c.out.Write(c.line) // its error stays until Flush
}

// attributes writes a KB of the customer's own attributes, which change with the round.
func (c *crowd) attributes(user, round int) {
	c.line = append(c.line, `{"email":"user.`...)
	c.line = strconv.AppendInt(c.line, int64(user), 10)
	c.line = append(c.line, `@example.com"`...)
	for i := range 11 {
		c.line = append(c.line, `,"attribute_`...)
		c.line = strconv.AppendInt(c.line, int64(i), 10)
		c.line = append(c.line, `":"the quick brown fox jumps over the lazy dog of `...)
		c.line = strconv.AppendUint(c.line, spread(uint64(user*crowdChanges+round))>>uint(i), 36)
		c.line = append(c.line, '"')
	}
	c.line = append(c.line, '}')
}
