package people

import (
	"iter"
	"ph2cio/internal/fold"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Person is one person to send. It is shared and must not be changed.
type Person struct {
	DistinctID string        // the kept ID
	Value      string        // of the identifier, under By
	UUID       *rawjson.UUID // PostHog's person UUID, as on the newest row; nil when unknown or not asked for
	Updated    int64         // unix seconds of the newest row with attributes or a change of them, 0 when none has a time
	attributes fold.Final    // where they are
	Number     uint32        // from 0, in order of Settled.People; then those who are sent without an identify
	By         By
	Events     bool // has an event to send

	rank         identity.Rank
	sent         uint32 // place among those whom earlier runs have sent, from 1
	known        bool   // there is a profile already
	late         bool   // their email is another profile's until that is merged into theirs
	withoutEmail bool   // somebody else has it
}

// Known reports whether Customer.io has a profile of the person already, by Options.Existing.
func (p *Person) Known() bool { return p.known }

// Why says in plain words why the person keeps its ID.
func (p *Person) Why() string {
	switch p.rank {
	case identity.Sent, identity.SentAnonymous:
		return "an earlier run sent it"
	case identity.Existing, identity.ExistingAnonymous, identity.ChosenExisting:
		return "Customer.io already has a profile with it"
	case identity.Chosen:
		return "it matches --user-id"
	case identity.Identified:
		return "the earliest ID that somebody logged in with or that is not machine-made"
	case identity.Email:
		return "the earliest ID that somebody logged in with, though it is an email"
	case identity.NotMachine:
		return "the earliest ID that is not machine-made"
	case identity.Machine:
		return "the earliest ID"
	}
	return "there is no shorter ID"
}

// EmailLate reports whether the person's email is that of a profile which is to be merged into theirs: they get it after the merge.
func (p *Person) EmailLate() bool { return p.late }

// WithoutEmail is the person as long as the email is another profile's.
func (p *Person) WithoutEmail() *Person {
	without := *p
	without.withoutEmail = true
	return &without
}

// attributes returns the person's final properties as they are written, valid until r is used again. Trouble with the disk
// is in Index.Err, and there are none then.
func (s *Settled) attributes(p *Person, r *spool.Reader) []byte {
	b, err := s.parts.Read(r, p.attributes)
	if err != nil {
		return nil
	}
	return b
}

// each yields the person's properties, without an email that is somebody else's.
func (s *Settled) each(p *Person, r *spool.Reader) iter.Seq[fold.Property] {
	return func(yield func(fold.Property) bool) {
		for b := s.attributes(p, r); len(b) > 0; {
			var one fold.Property
			one, b = fold.ReadProperty(b)
			if one.Code == emailKey && p.withoutEmail {
				continue
			}
			if !yield(one) {
				return
			}
		}
	}
}

// AppendAttributes appends the person's final attributes as a JSON object, `{}` when there are none. Its keys are
// sorted; its values stand as they stood in the export.
func (s *Settled) AppendAttributes(dst []byte, p *Person) []byte {
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	dst = append(dst, '{')
	for one := range s.each(p, r) {
		dst = rawjson.AppendString(dst, s.index.keys.KeyName(one.Code, one.Inline))
		dst = append(append(append(dst, ':'), one.Value...), ',')
	}
	if last := len(dst) - 1; dst[last] == ',' {
		dst = dst[:last]
	}
	return append(dst, '}')
}

// Attributes yields what AppendAttributes appends, each with its plain key and its value in JSON, which are borrowed
// until the next.
func (s *Settled) Attributes(p *Person) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		for one := range s.each(p, r) {
			if !yield(s.index.keys.KeyName(one.Code, one.Inline), one.Value) {
				return
			}
		}
	}
}

// readers keep the block that they read last.
var readers = sync.Pool{New: func() any { return new(spool.Reader) }}

// identifiers returns the email and the cio_id that a person can be identified by.
func (s *Settled) identifiers(p *Person, r *spool.Reader) (email, cioID string) {
	for b := s.attributes(p, r); len(b) > 0; {
		var one fold.Property
		one, b = fold.ReadProperty(b)
		switch one.Code {
		case emailKey:
			email = string(trimmed(one.Value))
		case cioIDKey:
			cioID = string(bareCioID(one.Value))
		}
	}
	return email, cioID
}
