package rulebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rowsOf reads rows from text, one a line: time ("-" for none), name, distinct_id, then key=value in any
// order, without spaces. A uuid is a number.
func rowsOf(t *testing.T, text string) []Row {
	t.Helper()
	var rows []Row
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		r := Row{Ref: uint64(len(rows)), CreatedAt: timeOf(t, fields[0]), Name: fields[1], DistinctID: fields[2], Sends: true}
		for _, field := range fields[3:] {
			read(t, &r, field)
		}
		rows = append(rows, r)
	}
	return rows
}

func timeOf(t *testing.T, text string) int64 {
	t.Helper()
	if text == "-" {
		return 0
	}
	return int64(number(t, text))
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func read(t *testing.T, r *Row, field string) {
	t.Helper()
	key, value, _ := strings.Cut(field, "=")
	switch key {
	case "uuid":
		r.UUID = fmt.Sprintf("00000000-0000-0000-0000-%012d", number(t, value))
	case "pid":
		r.PersonID = value
	case "timestamp":
		r.Timestamp = timeOf(t, value)
	case "user":
		r.UserID = value
	case "device":
		r.DeviceID = value
	case "anon":
		r.AnonDistinctID = value
	case "alias":
		r.Alias = value
	case "person":
		r.PersonProperties = value
	case "set":
		r.Set = value
	case "once":
		r.SetOnce = value
	case "unset":
		r.Unset = strings.Split(value, ",")
	case "personless":
		r.Personless = true
	case "identified":
		r.IsIdentified = true
	case "web":
		r.WebVisitor = true
	case "noevent":
		r.Sends = false
	case "ref":
		r.Ref = uint64(number(t, value))
	default:
		t.Fatalf("%s is not part of a row", field)
	}
}

// personsOf reads rows of a persons export, one a line: distinct ID, person_id, then key=value.
func personsOf(t *testing.T, text string) []PersonRow {
	t.Helper()
	var rows []PersonRow
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		r := PersonRow{DistinctID: fields[0], PersonID: fields[1]}
		for _, field := range fields[2:] {
			key, value, _ := strings.Cut(field, "=")
			switch key {
			case "v":
				r.Version = int64(number(t, value))
			case "pv":
				r.PersonVersion = int64(number(t, value))
			case "gone":
				r.MappingDeleted = true
			case "identified":
				r.IsIdentified = true
			case "deleted":
				r.IsDeleted = true
			case "person":
				r.Properties = value
			default:
				t.Fatalf("%s is not part of a row of a persons export", field)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// told writes the people of an outcome as "kept: id id (what is special)", sorted, with "; " between them.
func told(o Outcome) string {
	var people []string
	for id, p := range o.People {
		if id != p.IDs[0] {
			continue
		}
		var special []string
		for word, is := range map[string]bool{"anonymous": !p.Identified, "shape": p.ShapeOnly, "visitor": p.Visitor, "deleted": p.Deleted} {
			if is {
				special = append(special, word)
			}
		}
		slices.Sort(special)
		text := p.Kept + ": " + strings.Join(p.IDs, " ")
		if len(special) > 0 {
			text += " (" + strings.Join(special, " ") + ")"
		}
		people = append(people, text)
	}
	slices.Sort(people)
	return strings.Join(people, "; ")
}

// verdicts writes what became of the links, in order.
func verdicts(o Outcome) string {
	var all []string
	for _, l := range o.Links {
		all = append(all, string(l.Verdict))
	}
	return strings.Join(all, "; ")
}
