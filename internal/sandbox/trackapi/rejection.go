package trackapi

// Rejection is one entry in the list of errors of an answer: why an operation, or a whole request, was
// rejected.
type Rejection struct {
	Index   *int   `json:"batch_index,omitempty"`
	Reason  string `json:"reason"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// At returns the rejection with the index of its operation in the batch; nil for an operation by itself.
func (r Rejection) At(index *int) Rejection {
	r.Index = index
	return r
}

// Reasons of rejections.
const (
	Invalid  = "invalid"
	Required = "required"
)
