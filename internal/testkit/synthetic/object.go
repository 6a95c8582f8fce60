package synthetic

import "strconv"

// object builds one JSON object. Keys and texts must need no escapes; what does goes in raw.
type object struct {
	b     []byte
	empty bool
}

func (o *object) open(dst []byte) {
	o.b = append(dst, '{')
	o.empty = true
}

func (o *object) close() []byte {
	o.b = append(o.b, '}')
	o.empty = false
	return o.b
}

func (o *object) key(key string) {
	if !o.empty {
		o.b = append(o.b, ',')
	}
	o.empty = false
	o.b = append(o.b, '"')
	o.b = append(o.b, key...)
	o.b = append(o.b, '"', ':')
}

func (o *object) text(key, value string) {
	o.key(key)
	o.b = append(o.b, '"')
	o.b = append(o.b, value...)
	o.b = append(o.b, '"')
}

func (o *object) bytes(key string, value []byte) {
	o.key(key)
	o.b = append(o.b, '"')
	o.b = append(o.b, value...)
	o.b = append(o.b, '"')
}

func (o *object) raw(key, value string) {
	o.key(key)
	o.b = append(o.b, value...)
}

func (o *object) number(key string, value int64) {
	o.key(key)
	o.b = strconv.AppendInt(o.b, value, 10)
}

// nested adds an object as a member; between the two calls members go into it.
func (o *object) nested(key string, fill func()) {
	o.key(key)
	o.b = append(o.b, '{')
	o.empty = true
	fill()
	o.b = append(o.b, '}')
	o.empty = false
}
