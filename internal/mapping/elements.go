package mapping

import "ph2cio/internal/posthog"

// elementsChain is PostHog's column of what was clicked, which is no property.
const elementsChain = "elements_chain"

// appendElements appends the row's chain of elements, with all properties, unless one of these has its name.
func (m *Mapper) appendElements(e *posthog.Event) {
	if !m.rules.allProperties || e.ElementsChain == nil {
		return
	}
	m.members = appendMembers(m.members[:0], m.attributes)
	for _, member := range m.members {
		if string(m.attributes[member.KeyStart:member.KeyEnd]) == elementsChain {
			return
		}
	}
	if k := m.rules.eventProperty(elementsChain); k.does != drops {
		m.appendProperty(k, e.ElementsChain)
	}
}
