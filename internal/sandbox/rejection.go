package sandbox

// fault is one error of an operation or of a whole request.
type fault struct {
	Index   *int   `json:"batch_index,omitempty"`
	Reason  string `json:"reason"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

const (
	invalid  = "invalid"
	required = "required"
)
