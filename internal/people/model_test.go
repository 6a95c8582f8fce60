package people

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"ph2cio/internal/fold"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/identity"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// row is one call of Observe.
type row struct {
	posthog.Event
	sends    bool
	rejected bool
}

// model is the package done slowly and plainly: all rows at hand, sorted, applied one by one.
type model struct {
	options Options
	choice  Choice
	rows    []row // in order of ingestion
	ids     map[string]*modelID
}

type modelID struct {
	id         string
	first      uint64
	seen       bool
	fit        bool // on a row that is not rejected
	visitor    bool // stood on a row that ties nobody to a person
	identified bool
	shapeOnly  bool
	events     bool
	eventRows  int64
	person     bool // stood on a row with a person
	device     bool // named as a device
	named      bool // the same, on rows of its own
	known      bool
	plain      bool // stood on a row that may make somebody
	other      bool // and on one that is not posthog-js's of a visitor
	saidEmail  bool // and a row with a person said an email

	visitorOnly bool
	attributes  map[string]json.RawMessage
	setBy       map[string]fold.ChangeOrder // the row that set each
	toggled     map[string]toggled
	uuid        rawjson.UUID
	updated     int64

	email, cioID string // as sent; empty when there is none
	emailLost    bool
	cioIDLost    bool
	gets         bool
	status       Status
	by           By
	value        string
}

func newModel(rows []row, o Options, c Choice) *model {
	m := &model{options: o, choice: c, rows: slices.Clone(rows), ids: map[string]*modelID{}}
	if m.choice.Who == "" {
		m.choice.Who = Identified
	}
	slices.SortFunc(m.rows, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(modelTime(&a), modelTime(&b)),
			cmp.Compare(modelStamp(&a), modelStamp(&b)),
			bytes.Compare(a.UUID[:], b.UUID[:]),
			cmp.Compare(a.Ref, b.Ref))
	})
	for i := range m.rows {
		m.learn(&m.rows[i])
	}
	for _, p := range m.ids {
		p.settle()
		if p.email == "" && slices.Contains(c.By, ByEmail) && PlausibleEmail([]byte(p.id)) {
			p.email, p.setBy["email"] = strings.TrimSpace(p.id), fold.ChangeOrder{Order: identity.Order{At: noTime}, Stamp: noTime}
		}
	}
	m.settle()
	return m
}

func modelTime(r *row) int64 {
	if r.CreatedAt.State == posthog.Known {
		return r.CreatedAt.Micros
	}
	if r.Timestamp.State == posthog.Known {
		return r.Timestamp.Micros
	}
	return -1 << 63
}

func modelStamp(r *row) int64 {
	if r.Timestamp.State == posthog.Known {
		return r.Timestamp.Micros
	}
	return -1 << 63
}

func (m *model) id(id []byte) *modelID {
	if posthog.IllegalID(id) {
		return &modelID{}
	}
	p := m.ids[string(id)]
	if p == nil {
		p = &modelID{id: string(id), attributes: map[string]json.RawMessage{}, setBy: map[string]fold.ChangeOrder{}, toggled: map[string]toggled{}}
		m.ids[string(id)] = p
	}
	return p
}

func (m *model) learn(r *row) {
	if r.DeviceID != nil {
		m.id(r.DeviceID).device = true
	}
	if r.AnonDistinctID != nil {
	}
	if string(r.Name) == "$groupidentify" || posthog.IllegalID(r.DistinctID) {
		return
	}
	p := m.id(r.DistinctID)
	if posthog.WithoutPerson(r.Name) {
		if r.sends {
			p.eventRows++
			p.events = true
		}
		return
	}
	carries := !r.Personless || showsLogin(&r.Event) || m.options.Everybody || r.sends && m.options.Events
	if carries && (!p.seen || r.Ref < p.first) {
		p.seen, p.first = true, r.Ref
	}
	p.fit = p.fit || carries && !r.rejected
	if !carries {
		p.visitor = true
	}
	if carries && string(r.DeviceID) == p.id {
		p.named = true
	}
	p.plain = p.plain || carries
	p.other = p.other || !r.WebVisitor && (carries || !posthog.MachineMade(r.DistinctID))
	p.saidEmail = p.saidEmail || !r.Personless && saysEmail(&r.Event)
	if r.sends {
		p.events = true
		p.eventRows++
	}
	p.known = p.known || !r.Personless && string(r.Name) == "$identify" || r.IsIdentified || string(r.UserID) == p.id
	if r.Personless {
		return
	}
	p.person = true
	if u, ok := rawjson.ParseUUID(r.PersonID); ok {
		p.uuid = u // of rows at one time, the generator gives all the same
	}
	m.apply(p, r)
}

func (m *model) apply(p *modelID, r *row) {
	at := fold.ChangeOrder{Order: identity.Order{At: modelTime(r), UUID: r.UUID}, Stamp: modelStamp(r), Ref: r.Ref}
	said := false
	put := func(key string, value json.RawMessage) {
		p.attributes[key], p.setBy[key] = value, at
	}
	snapshot := len(m.decodeAll(r.PersonProperties)) > 0
	if snapshot {
		clear(p.attributes)
		clear(p.setBy)
		clear(p.toggled)
		for key, value := range m.decode(r.PersonProperties) {
			put(key, value)
		}
		said = true
	}
	before, set, once := maps.Clone(p.attributes), m.decode(r.Set), m.decode(r.SetOnce)
	own := maps.Clone(once)
	maps.Copy(own, set)
	unset := m.unset(r.Unset)
	for key, value := range own {
		said = true
		if slices.Contains(unset, key) && !snapshot {
			m.toggle(p, key, toggled{at, string(value)})
			continue
		}
		delete(p.toggled, key)
		if _, always := set[key]; always || p.attributes[key] == nil || string(p.attributes[key]) == "null" {
			put(key, value)
		}
	}
	for _, key := range unset {
		said = true
		if own[key] == nil || snapshot && before[key] == nil {
			delete(p.attributes, key)
			delete(p.toggled, key)
		}
	}
	if said && at.At != -1<<63 {
		p.updated = time.UnixMicro(at.At).Unix()
	}
}

// toggled is what a row that both sets and removes a key gives to somebody who does not have it.
type toggled struct {
	at    fold.ChangeOrder
	value string
}

// toggle changes a key once for a row that is there twice.
// sameRow reports whether two rows are one that is there twice.
func sameRow(a, b *fold.ChangeOrder) bool {
	return a.At == b.At && a.Stamp == b.Stamp && a.UUID == b.UUID && a.UUID != [16]byte{}
}

func (m *model) toggle(p *modelID, key string, to toggled) {
	if last, has := p.toggled[key]; has && sameRow(&last.at, &to.at) && last.value == to.value {
		return
	}
	p.toggled[key] = to
	if p.attributes[key] != nil {
		delete(p.attributes, key)
		return
	}
	p.attributes[key], p.setBy[key] = json.RawMessage(to.value), to.at
}

func (m *model) decodeAll(object []byte) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	if object == nil {
		return all
	}
	if err := json.Unmarshal(object, &all); err != nil {
		panic(err)
	}
	return all
}

func (m *model) decode(object []byte) map[string]json.RawMessage {
	all := m.decodeAll(object)
	maps.DeleteFunc(all, func(key string, _ json.RawMessage) bool {
		return m.options.Keep != nil && !m.options.Keep([]byte(key))
	})
	return all
}

func (m *model) unset(list []byte) (keys []string) {
	var values []any
	if list == nil {
		return nil
	}
	if err := json.Unmarshal(list, &values); err != nil {
		return slices.Collect(maps.Keys(m.decode(list)))
	}
	for _, value := range values {
		if key, ok := value.(string); ok && (m.options.Keep == nil || m.options.Keep([]byte(key))) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *modelID) settle() {
	shaped := posthog.MachineMade([]byte(p.id))
	visitor := !p.other && (shaped || !p.saidEmail) && !PlausibleEmail([]byte(p.id))
	p.identified = p.seen && (p.known || p.person && !visitor && !shaped)
	p.shapeOnly = p.seen && p.fit && !p.identified && p.person && !p.named && shaped && !visitor
	p.visitorOnly = p.seen && p.fit && !p.identified && p.person && p.plain && !shaped && visitor
	var text string
	if json.Unmarshal(p.attributes["email"], &text) == nil && PlausibleEmail([]byte(text)) {
		p.email = strings.TrimSpace(text)
	}
	text = ""
	if json.Unmarshal(p.attributes["cio_id"], &text) == nil {
		p.cioID = strings.TrimPrefix(strings.TrimSpace(text), "cio_")
	}
}

func (m *model) takes(who Who, p *modelID) bool {
	return p.seen && p.fit && (who == All || who == WithEmail && p.email != "" || who == Identified && p.identified)
}

// settle names the status and identifier of each. Conflicts are found by comparing everybody with everybody.
func (m *model) settle() {
	for _, p := range m.ids {
		p.gets = m.takes(m.choice.Who, p) && (p.events || !m.choice.NeedEvents)
	}
	name := func() {
		for _, p := range m.ids {
			m.name(p)
		}
	}
	loses := func(p, q *modelID, key string) bool {
		if q.gets != p.gets {
			return q.gets
		}
		a, b := p.setBy[key], q.setBy[key]
		if a.At == noTime && a.Stamp == noTime && b == a { // both are IDs
			return q.id < p.id
		}
		return b.CompareChange(&a) > 0
	}
	name()
	lost := map[*modelID]bool{}
	for _, p := range m.ids {
		for _, q := range m.ids {
			if p != q && p.status == Sent && q.status == Sent && p.cioID != "" && p.cioID == q.cioID && loses(p, q, "cio_id") {
				lost[p] = true
			}
		}
	}
	for p := range lost {
		p.cioIDLost = true
	}
	name()
	clear(lost)
	for _, p := range m.ids {
		for _, q := range m.ids {
			if p != q && p.status == Sent && q.status == Sent && p.email != "" && strings.EqualFold(p.email, q.email) && loses(p, q, "email") {
				lost[p] = true
			}
		}
	}
	for p := range lost {
		p.emailLost = true
	}
	name()
}

func (m *model) name(p *modelID) {
	switch {
	case !p.seen:
		p.status = m.choice.Who.leftOutAs()
		return
	case !p.fit:
		p.status = AllRejected
		return
	case !m.takes(m.choice.Who, p):
		p.status = Anonymous
		if m.choice.Who == WithEmail {
			p.status = NoEmail
		}
		return
	}
	p.status = Sent
	for _, by := range m.choice.By {
		switch {
		case by == ByID:
			p.by, p.value = ByID, p.id
			return
		case by == ByEmail && p.email != "" && !p.emailLost:
			p.by, p.value = ByEmail, p.email
			return
		case by == ByCioID && p.cioID != "" && !p.cioIDLost:
			p.by, p.value = ByCioID, p.cioID
			return
		}
	}
	if len(m.choice.By) == 1 && m.choice.By[0] == ByEmail && p.emailLost {
		p.status = LostEmail
		return
	}
	if len(m.choice.By) == 1 {
		p.status = NoIdentifier
		return
	}
	p.by, p.value = ByID, p.id
}

// sent returns those who are sent, in the order of their numbers.
func (m *model) sent() []*modelID {
	var sent []*modelID
	for _, p := range m.ids {
		if p.status == Sent {
			sent = append(sent, p)
		}
	}
	slices.SortFunc(sent, func(a, b *modelID) int {
		if a.gets != b.gets {
			if a.gets {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.first, b.first)
	})
	return sent
}

func (m *model) attributes(p *modelID) map[string]string {
	all := map[string]string{}
	for key, value := range p.attributes {
		if string(value) == "null" && !m.options.KeepNull || key == "email" && p.emailLost {
			continue
		}
		all[key] = string(value)
	}
	return all
}

func (m *model) counts(now int64) Counts {
	c := Counts{ByChoice: map[Who]Profiles{}}
	for _, p := range m.ids {
		if p.seen || p.visitor {
			c.DistinctIDs++
		}
		if p.shapeOnly && m.choice.Who == Identified {
			c.ShapeOnly++
		}
		if p.visitorOnly && m.choice.Who == Identified {
			c.VisitorOnly++
		}
		if (p.fit || p.visitor && !p.seen) && !p.identified && m.choice.Who == Identified {
			c.Unidentified++
		}
		if p.status == Sent {
			c.Events += p.eventRows
		}
		if p.status != Sent || !p.gets {
			continue
		}
		c.Sent++
		if p.emailLost {
			c.EmailConflicts++
		}
		if p.updated != 0 && p.updated < now-72*3600 {
			c.Stale++
		}
	}
	for _, who := range everyWho {
		if who == m.choice.Who {
			c.ByChoice[who] = Profiles{New: c.Sent}
			continue
		}
		other := m.choice
		other.Who = who
		profiles := 0
		for _, p := range newModelFor(m, other).sent() {
			if p.gets {
				profiles++
			}
		}
		if who == All && m.choice.requiredKind() == ByID && !m.choice.NeedEvents {
			for _, p := range m.ids {
				if p.visitor && !p.seen {
					profiles++
				}
			}
		}
		c.ByChoice[who] = Profiles{New: profiles}
	}
	return c
}

func newModelFor(m *model, c Choice) *model { return newModel(m.rows, m.options, c) }
