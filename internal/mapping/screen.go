package mapping

// screenName returns the name of a screen.
func (m *Mapper) screenName() []byte {
	if name := m.fitName(m.landscape.placeText(placeScreen)); len(name) > 0 {
		return name
	}
	return unknownName
}
