package synthetic

import (
	"encoding/hex"
	"math/bits"
	"time"
)

// row is one row before it takes the shape of a file. Its slices are reused for the next row.
type row struct {
	number     int64 // which decides everything else
	copied     bool  // repeats an earlier row
	broken     damage
	kind       *kind
	personless bool

	uuid, personID []byte // as text
	distinctID     []byte
	at             time.Time // timestamp
	createdAt      time.Time
	insertedAt     time.Time
	elements       string // elements_chain

	properties       []byte // a JSON object
	personProperties []byte // a JSON object, or nil
	shuffle          dice   // for what a shape leaves to chance
}

// generator makes rows. Each row is a function of the options and the row's number alone, which is what lets
// one repeat an earlier one without remembering it.
type generator struct {
	options Options
	r       row
	dice    dice // of the row
	person  person
	device  []byte // the visitor's UUID on the device in use
	object  object
}

func newGenerator(o Options) *generator {
	if o.People <= 0 {
		o.People = o.Rows / 100
	}
	o.People = max(1, min(o.People, o.Rows))
	g := &generator{options: o, dice: newDice()}
	g.person.dice = newDice()
	g.r.shuffle = newDice()
	return g
}

// The file's time span: it ends where nothing is younger than a few months in any test, and never in the
// future.
var (
	firstDay = time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(2026, time.May, 31, 0, 0, 0, 0, time.UTC)
)

// What chance decides. Each is its own series of throws.
const (
	saltBroken = 1 + iota
	saltCopied
	saltRow
	saltShuffle
	saltPerson
	saltUUID
)

// row makes row n of the file. It is valid until the next one is made.
func (g *generator) row(n int64) *row {
	source, copied := g.source(n)
	g.make(source)
	g.r.copied = copied
	g.r.broken = whole
	if !copied {
		g.r.broken = g.damage(n)
	}
	g.r.breakProperties()
	return &g.r
}

func (g *generator) make(n int64) {
	r := &g.r
	r.number = n
	g.dice.throw(g.options.Seed, saltRow, uint64(n))
	r.shuffle.throw(g.options.Seed, saltShuffle, uint64(n))
	g.setTimes(n)
	number := g.choosePerson(n)
	r.kind = chooseKind(g.dice)
	r.personless = r.kind.personless
	g.person.become(g.options.Seed, number, r.at)
	g.device = g.person.appendDevice(g.device[:0], g.dice.IntN(2))
	g.setIDs(n)

	o := &g.object
	o.open(r.properties[:0])
	r.elements = ""
	r.kind.fill(g, o)
	if g.dice.share(5) {
		o.raw("note", pick(g.dice, escapedTexts))
	}
	if r.personless {
		o.raw("$process_person_profile", "false")
	}
	r.properties = o.close()

	r.personProperties = r.personProperties[:0]
	switch {
	case !r.personless && g.dice.share(60):
		o.open(r.personProperties)
		g.person.appendSnapshot(o)
		r.personProperties = o.close()
	case g.dice.IntN(2) == 0:
		r.personProperties = append(r.personProperties, "{}"...)
	}
}

// setTimes spreads the rows over the span, up to half a day out of order.
func (g *generator) setTimes(n int64) {
	r, d := &g.r, g.dice
	span := lastDay.Sub(firstDay)
	progress := float64(n) / float64(g.options.Rows)
	r.at = firstDay.Add(time.Duration(progress * float64(span))).Add(d.within(12 * time.Hour)).Truncate(time.Microsecond)
	if d.share(10) {
		r.at = r.at.Truncate(time.Second) // PostHog then writes no fraction
	}
	late := 200*time.Millisecond + d.within(5*time.Second)
	if d.share(2) {
		late += d.within(10 * time.Hour)
	}
	r.createdAt = r.at.Add(late).Truncate(time.Microsecond)
	r.insertedAt = r.createdAt.Add(time.Second + d.within(9*time.Second)).Truncate(time.Microsecond)
}

// choosePerson introduces the people one by one, evenly over the file, and gives the rows in between to those
// already there: most of them to few.
func (g *generator) choosePerson(n int64) uint64 {
	people, rows := g.options.People, g.options.Rows
	known := mulDiv(n, people, rows)
	person := known
	if known > 0 && mulDiv(n+1, people, rows) == known {
		u := g.dice.Float64()
		person = int64(u * u * u * float64(known))
	}
	// Any order but that of their numbers: the factor is prime, so no two people fall together.
	return (uint64(person)*1_000_000_007 + 17) % uint64(people)
}

// mulDiv is a*b/c without overflow between, for a not over c.
func mulDiv(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	quotient, _ := bits.Div64(high, low, uint64(c))
	return int64(quotient)
}

func (g *generator) setIDs(n int64) {
	r, p := &g.r, &g.person
	r.uuid = appendUUIDv7(r.uuid[:0], r.at.UnixMilli(), mix(mix(g.options.Seed+saltUUID)^uint64(n)))
	r.distinctID = append(r.distinctID[:0], g.device...)
	if !r.personless {
		r.distinctID = append(r.distinctID[:0], p.id...)
	}
	key := p.key
	if r.personless { // a personless event carries a person_id of its own, though no person exists
		key = mix(p.key + uint64(g.device[len(g.device)-1]))
	}
	r.personID = appendUUID(r.personID[:0], mix(key)&^0xf000|0x5000, mix(key+1)&^(3<<62)|2<<62)
}

// appendUUIDv7 appends a UUID of a moment. Different tails give different UUIDs.
func appendUUIDv7(dst []byte, millis int64, tail uint64) []byte {
	return appendUUID(dst, uint64(millis)<<16|0x7000|tail>>62<<8, tail&^(3<<62)|2<<62)
}

func appendUUID(dst []byte, high, low uint64) []byte {
	var raw [16]byte
	for i := range 8 {
		raw[i], raw[8+i] = byte(high>>(56-8*i)), byte(low>>(56-8*i))
	}
	for i, part := range [][]byte{raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

// appendISO appends a time as PostHog's batch exports write it: without a fraction when there is none.
func appendISO(dst []byte, t time.Time) []byte {
	if t.Nanosecond() == 0 {
		return t.AppendFormat(dst, "2006-01-02T15:04:05+00:00")
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000000+00:00")
}
