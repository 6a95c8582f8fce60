package mapping

import (
	"fmt"

	"ph2cio/internal/customerio"
)

// shownOfID is how many bytes are shown of an ID that is too long for Customer.io: enough to find it by.
const shownOfID = 100

// ShortID is an ID as it is told to people: one that is too long for Customer.io by its beginning and its length, any other
// as it is.
func ShortID(id string) string {
	if len(id) <= customerio.MaxID {
		return id
	}
	return fmt.Sprintf("%s... (%d bytes)", shortened([]byte(id), shownOfID), len(id))
}
