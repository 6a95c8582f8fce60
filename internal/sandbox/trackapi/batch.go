package trackapi

import (
	"encoding/json"
	"fmt"
)

// SplitBatch cuts a body into its operations.
func SplitBatch(body []byte, most int) ([]Value, error) {
	if !json.Valid(body) {
		return nil, fmt.Errorf("body is not valid JSON")
	}
	envelope := TrimSpace(body)
	if envelope.kind() != '{' {
		return nil, fmt.Errorf("body must be an object")
	}
	array := envelope.member("batch")
	if array.kind() != '[' {
		return nil, fmt.Errorf("must be an array")
	}
	var batch []Value
	for operation := range array.elements() {
		batch = append(batch, operation)
	}
	if len(batch) == 0 {
		return nil, fmt.Errorf("cannot be empty")
	}
	if most > 0 && len(batch) > most {
		return nil, fmt.Errorf("cannot hold more than %d operations", most)
	}
	return batch, nil
}
