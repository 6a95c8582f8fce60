package synthetic

// jsonl renders rows as PostHog's batch exports do.
type jsonl struct {
	order  [8]int // of the keys before the JSON columns
	object object
}

func (*jsonl) header() []byte { return nil }

func (j *jsonl) appendRow(dst []byte, r *row) []byte {
	for i := range j.order {
		j.order[i] = i
	}
	r.shuffle.Shuffle(len(j.order), func(a, b int) { j.order[a], j.order[b] = j.order[b], j.order[a] })
	o := &j.object
	o.open(dst)
	for _, column := range j.order {
		appendColumn(o, r, column)
	}
	personFirst := r.shuffle.IntN(2) == 0
	if personFirst {
		appendPersonProperties(o, r)
	}
	o.key("properties")
	o.b = append(o.b, r.properties...)
	if !personFirst {
		appendPersonProperties(o, r)
	}
	return append(r.breakLine(o.close()), '\n')
}

func appendColumn(o *object, r *row, column int) {
	switch column {
	case 0:
		o.bytes("uuid", r.uuid)
	case 1:
		o.text("event", r.name())
	case 2:
		o.bytes("distinct_id", r.distinctID)
	case 3:
		o.bytes("person_id", r.personID)
	case 4:
		o.key("timestamp")
		o.b = append(appendISO(append(o.b, '"'), r.at), '"')
	case 5:
		o.key("created_at")
		o.b = append(appendISO(append(o.b, '"'), r.createdAt), '"')
	case 6:
		o.key("_inserted_at")
		o.b = append(appendISO(append(o.b, '"'), r.insertedAt), '"')
	case 7:
		o.key("elements_chain")
		o.b = appendQuoted(o.b, r.elements)
	}
}

// appendQuoted appends text that may hold quotes as a JSON string.
func appendQuoted(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for i := range len(text) {
		if text[i] == '"' {
			dst = append(dst, '\\')
		}
		dst = append(dst, text[i])
	}
	return append(dst, '"')
}

func appendPersonProperties(o *object, r *row) {
	o.key("person_properties")
	if len(r.personProperties) == 0 {
		o.b = append(o.b, "null"...)
		return
	}
	o.b = append(o.b, r.personProperties...)
}
