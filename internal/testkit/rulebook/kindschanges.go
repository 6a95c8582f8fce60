package rulebook

import "slices"

var kindsOfChanges = map[string]func(resolvedHistory, Row) bool{
	"change that its row's snapshot does not have": func(_ resolvedHistory, r Row) bool {
		snapshot, set := object(r.PersonProperties), object(r.Set)
		return isPersonRow(r) && len(snapshot) > 0 &&
			hasKey(r.Set, func(key string) bool { return snapshot[key] != set[key] })
	},
	"$set_once that its row's snapshot does not have": func(_ resolvedHistory, r Row) bool {
		snapshot := object(r.PersonProperties)
		return isPersonRow(r) && len(snapshot) > 0 &&
			hasKey(r.SetOnce, func(key string) bool { return snapshot[key] == "" })
	},
	"empty snapshot of somebody with attributes": func(l resolvedHistory, r Row) bool {
		return isPersonRow(r) && r.PersonProperties == "{}" && len(l.outcome.People[r.DistinctID].Attributes) > 1
	},
	"$set_once over null": func(l resolvedHistory, r Row) bool {
		return isPersonRow(r) && hasKey(r.SetOnce, func(key string) bool {
			return slices.ContainsFunc(l.personRowsOf(r.DistinctID), func(e Row) bool {
				return object(e.Set)[key] == "null" && l.compareChanges(e, r) < 0
			})
		})
	},
	"key that a row both sets and removes": setsAndRemoves,
	"the same with a snapshot": func(l resolvedHistory, r Row) bool {
		return setsAndRemoves(l, r) && len(object(r.PersonProperties)) > 0
	},
	"the same in a row that is there twice": func(l resolvedHistory, r Row) bool {
		return setsAndRemoves(l, r) && isCopy(r, filter(l.rows, func(e Row) bool { return e.Ref < r.Ref }))
	},
	"snapshot of a row that feeds nobody": func(_ resolvedHistory, r Row) bool {
		return withoutPerson(r.Name) && len(object(r.PersonProperties)) > 0
	},
	"ID of rows alone that feed nobody": func(l resolvedHistory, r Row) bool {
		return withoutPerson(r.Name) && !Illegal(r.DistinctID) && l.outcome.People[r.DistinctID] == nil
	},
	"ID of $feature_flag_called alone": func(l resolvedHistory, r Row) bool {
		return r.Name == "$feature_flag_called" && isPersonRow(r) &&
			!slices.ContainsFunc(l.rowsOf(r.DistinctID), func(e Row) bool { return e.Name != r.Name })
	},
	"$feature_flag_called that changes somebody": func(l resolvedHistory, r Row) bool {
		return r.Name == "$feature_flag_called" && isPersonRow(r) && len(object(r.Set)) > 0 &&
			l.hasMadePerson(r.DistinctID)
	},
	"future timestamp with created_at": func(l resolvedHistory, r Row) bool {
		return isPersonRow(r) && l.isFuture(r.Timestamp) && r.CreatedAt != 0 && len(object(r.Set)) > 0
	},
	"future timestamp without created_at": func(l resolvedHistory, r Row) bool {
		return isPersonRow(r) && l.isFuture(r.Timestamp) && r.CreatedAt == 0 && len(object(r.Set)) > 0
	},
	"changes of one created_at, told apart by timestamp and not by uuid": func(l resolvedHistory, r Row) bool {
		return isPersonRow(r) && r.CreatedAt != 0 && hasKey(r.Set, func(key string) bool {
			return slices.ContainsFunc(l.personRowsOf(r.DistinctID), func(e Row) bool {
				return e.CreatedAt == r.CreatedAt && e.Timestamp < r.Timestamp && e.UUID > r.UUID &&
					object(e.Set)[key] != ""
			})
		})
	},
}

func setsAndRemoves(_ resolvedHistory, r Row) bool {
	removes := func(key string) bool { return slices.Contains(r.Unset, key) }
	return isPersonRow(r) && (hasKey(r.Set, removes) || hasKey(r.SetOnce, removes))
}

// hasKey reports whether an object has such a key.
func hasKey(text string, is func(key string) bool) bool {
	for key := range object(text) {
		if is(key) {
			return true
		}
	}
	return false
}

var kindsOfMerges = map[string]func(resolvedHistory, Merge) bool{
	"merge that hides a value by another one": func(_ resolvedHistory, m Merge) bool {
		return m.hides(func(value string) bool { return value != "null" })
	},
	"merge that hides a value by null": func(_ resolvedHistory, m Merge) bool {
		return m.hides(func(value string) bool { return value == "null" })
	},
	"merge by $create_alias that hides a value": func(_ resolvedHistory, m Merge) bool {
		return m.Link.Row.Name == "$create_alias" && m.hides(func(string) bool { return true })
	},
	"merge by $merge_dangerously that hides a value": func(_ resolvedHistory, m Merge) bool {
		return m.Link.Row.Name == "$merge_dangerously" && m.hides(func(string) bool { return true })
	},
	"merge that brings a value": func(_ resolvedHistory, m Merge) bool {
		for key := range m.Source {
			if _, has := m.Target[key]; !has {
				return true
			}
		}
		return false
	},
	"merge of IDs with one person_id": func(_ resolvedHistory, m Merge) bool { return m.Link.Verdict == AlreadyOne },
	"merge after the newest snapshot": func(l resolvedHistory, m Merge) bool {
		rows := l.rowsOfPerson(l.outcome.People[m.Link.Target])
		return len(m.Source) > 1 && len(m.Target) > 1 && !slices.ContainsFunc(rows, func(r Row) bool {
			return len(object(r.PersonProperties)) > 0 && l.compareChanges(r, m.Link.Row) >= 0
		})
	},
}

// hides reports whether such a value of the target takes the place of another one of the source.
func (m Merge) hides(is func(value string) bool) bool {
	for key, value := range m.Target {
		if under, has := m.Source[key]; has && under != value && key != "$creator_event_uuid" && is(value) {
			return true
		}
	}
	return false
}
