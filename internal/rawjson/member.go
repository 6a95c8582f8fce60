package rawjson

// Member is where one member of a JSON object stands: spans within the object's bytes.
type Member struct {
	KeyStart, KeyEnd     uint32 // the key, without its quotes, still escaped
	ValueStart, ValueEnd uint32 // the value, without space around it
	Escaped              bool   // the key holds a backslash
}
