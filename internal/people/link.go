package people

import "cmp"

// Link is a profile that is to be merged into a person's.
type Link struct {
	Person *Person
	By     By // the kind of identifier that the other profile has, and its value
	Value  string
}

func (l *Link) compare(o *Link) int {
	return cmp.Or(cmp.Compare(l.Person.Number, o.Person.Number), cmp.Compare(l.By, o.By), cmp.Compare(l.Value, o.Value))
}
