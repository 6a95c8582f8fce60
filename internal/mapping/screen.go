package mapping

// screenName returns the name of a screen.
func (m *Mapper) screenName(c *class) []byte {
	if m.rules.screenByEvent {
		return c.name.plain
	}
	if name := m.fitName(m.landscape.placeText(placeScreen)); len(name) > 0 {
		return name
	}
	return m.madeUpName()
}
