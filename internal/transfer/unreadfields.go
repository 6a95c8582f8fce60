package transfer

import "ph2cio/internal/posthog"

// UnreadField is a field whose value is of no use in some rows. Those are sent as if they did not have it.
type UnreadField struct {
	Field string `json:"field"` // created_at that is no time, or person_id that is no UUID
	Rows  int64  `json:"rows"`
	File  string `json:"file"` // of the first of them
	Line  int64  `json:"line"` // on which that row starts, from 1
	Text  string `json:"text"` // at most 60 bytes of its value
}

// mostUnread is how many bytes of a value are shown.
const mostUnread = 60

// unreadFields count the rows of which a field is of no use.
type unreadFields struct{ createdAt, personID UnreadField }

func (u *unreadFields) add(path string, e *posthog.Event) {
	u.createdAt.add(path, e.Line, e.NoCreatedAt)
	u.personID.add(path, e.Line, e.NoPersonID)
}

func (f *UnreadField) add(path string, line int64, text []byte) {
	if text == nil {
		return
	}
	if f.Rows++; f.Rows == 1 {
		f.File, f.Line, f.Text = path, line, string(text[:min(len(text), mostUnread)])
	}
}

// merge adds the counts of rows that come later in reading order.
func (u *unreadFields) merge(next *unreadFields) {
	u.createdAt.merge(&next.createdAt)
	u.personID.merge(&next.personID)
}

func (f *UnreadField) merge(next *UnreadField) {
	rows := f.Rows + next.Rows
	if f.Rows == 0 {
		*f = *next
	}
	f.Rows = rows
}

// list returns the fields of which there are such rows.
func (u *unreadFields) list() (all []UnreadField) {
	u.createdAt.Field, u.personID.Field = "created_at", "person_id"
	for _, one := range []UnreadField{u.createdAt, u.personID} {
		if one.Rows > 0 {
			all = append(all, one)
		}
	}
	return all
}
