package workspace

import (
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// event is something that a person did, or an anonymous visitor.
type event struct {
	owner    *person // nil while an anonymous event has no person
	sentAs   trackapi.Identifier
	action   string
	name     string
	id       string
	data     string // JSON, empty when there is none
	at       time.Time
	received time.Time
	isULID   bool
	recent   bool // could start a campaign
}

// belongTo sets whose event it is.
func (e *event) belongTo(p *person) { e.owner = p }

// markRecent notes an event of a known person that is young enough to start a campaign.
func markRecent(c change, e *event) {
	if e.recent = trackapi.IsRecent(e.at, c.now); e.recent {
		c.counts.CouldTriggerCampaign++
	}
}
