package posthog

import (
	"bytes"
	"math"
	"strconv"

	"ph2cio/internal/escape"
	"ph2cio/internal/rawjson"
)

// finish completes the event after its fields and properties have been read, for all shapes.
func (d *decoder) finish() *fault {
	e, s := &d.event, &d.special
	if e.Properties == nil {
		e.Properties = emptyObject
	}
	e.Members, e.PersonMembers = d.members, d.personMembers
	if len(e.DistinctID) == 0 && d.badID == "" {
		e.DistinctID, d.badID = d.id(s.distinctID, true)
	}
	if d.badID != "" {
		return faultf(BadDistinctID, "`distinct_id` %s", d.badID)
	}
	if rawjson.Blank(e.DistinctID) {
		return faultf(NoDistinctID, "`distinct_id` is missing or blank")
	}
	if d.badTeam != nil {
		return faultf(BadTeamID, "`team_id` is not a whole number: %s", escape.Quoted(string(d.badTeam)))
	}
	d.checkPersonID()
	e.Personless = e.Personless || string(s.processPersonProfile) == "false"
	e.IsIdentified = string(s.isIdentified) == "true"
	e.WebVisitor = string(s.isIdentified) == "false" && string(s.lib) == `"web"`
	e.UserID, _ = d.id(s.userID, true)
	e.DeviceID, _ = d.id(s.deviceID, true)
	e.AnonDistinctID, _ = d.id(s.anonDistinctID, true)
	e.Alias, _ = d.id(s.alias, true)
	e.Set = d.bothObjects(object(s.set), e.Set)
	e.SetOnce = d.bothObjects(object(s.setOnce), e.SetOnce)
	e.Unset = d.bothUnsets(objectOrArray(s.unset), e.Unset)
	return nil
}

// checkPersonID keeps a `person_id` that is a UUID, which PostHog's always are. Other text, such as nan or
// undefined, would make one person of everybody whose row has it, and so would ClickHouse's default UUID,
// which is all zeros and stands for none.
func (d *decoder) checkPersonID() {
	e := &d.event
	if len(e.PersonID) == 0 {
		e.PersonID = nil
		return
	}
	id, ok := rawjson.ParseUUID(e.PersonID)
	switch {
	case !ok:
		e.PersonID, e.NoPersonID = nil, e.PersonID
	case id == rawjson.UUID{}:
		e.PersonID = nil
	case len(e.PersonID) != 36 || bytes.ContainsAny(e.PersonID, "ABCDEF"):
		start := len(d.scratch)
		d.scratch = id.Append(d.scratch)
		e.PersonID = d.scratch[start:len(d.scratch):len(d.scratch)]
	}
}

// takeTeam reads a team_id, which may be missing.
func (d *decoder) takeTeam(text []byte) {
	n, ok := number(text)
	if !ok && len(text) > 0 {
		d.badTeam = text
	}
	d.event.TeamID = n
}

// timestamp takes the text of the event's `timestamp`, and keeps it if it cannot be read.
func (d *decoder) timestamp(text []byte) {
	if d.event.Timestamp = d.time(text); d.event.Timestamp.State == Unreadable {
		d.event.Unreadable = text
	}
}

// takeCreatedAt takes the text of `created_at`, and keeps it if it cannot be read.
func (d *decoder) takeCreatedAt(text []byte) {
	if d.event.CreatedAt = d.created(text); d.event.CreatedAt.State == Unreadable {
		d.event.NoCreatedAt = text
	}
}

// takenBefore sets the time of a row without a `timestamp` as in exports of PostHog's plugin server of 2021:
// `now`, when the server received the event, minus `offset`, the milliseconds for which it had waited on the
// device (plugin-server, src/worker/ingestion/timestamps.ts). `sent_at` corrects nothing: in historical
// exports it is made of `created_at`.
func (d *decoder) takenBefore(now, offset []byte) {
	e := &d.event
	if e.Timestamp.State != Missing || len(now) == 0 {
		return
	}
	if d.timestamp(now); e.Timestamp.State != Known || len(offset) == 0 {
		return
	}
	millis, err := strconv.ParseFloat(string(offset), 64)
	if err != nil || !(math.Abs(millis) < mostMillis) {
		e.Timestamp, e.Unreadable = Time{State: Unreadable}, offset
		return
	}
	e.Timestamp = e.Timestamp.earlier(int64(math.Round(millis * 1000)))
}

var emptyObject = []byte("{}")
