package rawjson

// Member is one top-level member of a JSON object: spans within the object's bytes.
type Member struct {
	KeyStart, KeyEnd     uint32 // the key, without its quotes, still escaped
	ValueStart, ValueEnd uint32 // the value, without space around it
	Escaped              bool   // the key holds a backslash
}
