package worlds

import (
	"path/filepath"
	"strings"
	"time"
)

// exportPersons writes PostHog's persons export as it is now, beside the directory of events.
func (w *World) exportPersons() {
	w.hasPersons = true
	w.Note("a persons export")
	w.now = w.now.Add(time.Minute)
	var text strings.Builder
	for _, u := range w.users {
		if u.version == 0 || u.into != nil {
			continue // nothing has made the person yet, or there is none any more
		}
		var ids []string
		for _, other := range w.users {
			if other.now() == u && other.version > 0 {
				ids = append(ids, other.id)
			}
		}
		for _, v := range w.visitors {
			if v.known && v.user.now() == u {
				ids = append(ids, v.id)
			}
		}
		for _, id := range ids {
			text.WriteString(encoded(map[string]any{
				"team_id": 2, "distinct_id": id, "person_id": u.personID, "person_distinct_id_version": 0,
				"person_version": u.version, "created_at": "2026-01-01 00:00:00.000000",
				"_inserted_at": w.now.UTC().Format("2006-01-02 15:04:05.000000"), "properties": raw(u.attributes),
			}) + "\n")
		}
	}
	w.writeText(filepath.Join("..", "persons.jsonl"), []byte(text.String()))
}
