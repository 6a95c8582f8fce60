package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"ph2cio/internal/sandbox/trackapi"
)

// mangled returns the errors of an answer as the faults in force spoil them.
func mangled(in *injector, rejections []trackapi.Rejection, batch int) any {
	if len(in.Mangle) == 0 {
		return rejections
	}
	errors := make([]map[string]any, len(rejections))
	for i, r := range rejections {
		errors[i] = map[string]any{"batch_index": *r.Index, "reason": r.Reason, "field": r.Field, "message": r.Message}
	}
	var spoilt any = errors
	for _, m := range in.Mangle {
		switch m {
		case NotObjects, NotAnArray, NullErrors, EmptyErrors:
			spoilt = replaceAll(m, errors)
		default:
			errors = spoil(in, m, errors, batch)
			spoilt = errors
		}
	}
	return spoilt
}

// replaceAll returns something that is no array of errors.
func replaceAll(m Mangle, errors []map[string]any) any {
	switch m {
	case NotObjects:
		texts := make([]string, len(errors))
		for i, e := range errors {
			texts[i] = fmt.Sprint(e["message"])
		}
		return texts
	case NotAnArray:
		return errors[0]
	case EmptyErrors:
		return []any{}
	}
	return nil
}

// spoil changes the errors one by one.
func spoil(in *injector, m Mangle, errors []map[string]any, batch int) []map[string]any {
	switch m {
	case Repeated:
		return append(errors, errors[0])
	case OutOfOrder:
		slices.Reverse(errors)
	case OutOfRange:
		return append(errors, map[string]any{"batch_index": batch + 7, "reason": trackapi.Invalid})
	case NegativeIndex:
		return append(errors, map[string]any{"batch_index": -1, "reason": trackapi.Invalid})
	}
	for _, e := range errors {
		spoilOne(in, m, e)
	}
	return errors
}

func spoilOne(in *injector, m Mangle, e map[string]any) {
	switch m {
	case NoReason:
		delete(e, "reason")
	case NoField:
		delete(e, "field")
	case NoMessage:
		delete(e, "message")
	case NoIndex:
		delete(e, "batch_index")
	case OmitAtRandom:
		for _, key := range []string{"reason", "field", "message"} {
			if in.mangle.IntN(2) == 0 {
				delete(e, key)
			}
		}
	case TextIndex:
		e["batch_index"] = fmt.Sprint(e["batch_index"])
	case FractionIndex:
		if index, ok := e["batch_index"].(int); ok {
			e["batch_index"] = json.Number(strconv.Itoa(index) + ".5")
		}
	case HugeIndex:
		e["batch_index"] = json.Number("100000000000000000000")
	}
}
