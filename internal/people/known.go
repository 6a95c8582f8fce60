package people

// knowOther notes that an ID stood on a row that shows otherRow. It matters only if more is known of it than
// a visitor's rows say.
func (x *Index) knowOther(h sum) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	number, known := sh.ids.find(h)
	if !known {
		return
	}
	sh.others.Add(uint64(number))
}

// know makes an ID known that has come up on rows of a mere visitor alone. It comes after bringBack.
func (x *Index) know(h sum, text []byte) {
	sh := &x.shards[h.shard()]
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, known := sh.ids.find(h); known {
		return
	}
	f := newFact()
	f.marks = x.options.look(text)
	var b [factSize]byte
	if x.later.wanted() { // whom they have joined is kept too, and what joined them may not come again
		x.later.add(factEntry, f.append(b[:0]), text)
	}
	if sh.onDisk {
		sh.ids.number(h)
		sh.gone.Append(f.append(b[:0]), text)
		return
	}
	_, fresh := sh.ids.add(h)
	*fresh = f
	sh.texts.Append(text)
}
