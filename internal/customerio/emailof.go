package customerio

import "encoding/json"

// EmailOf returns the email that an encoded identify names its person by or gives them, empty when there is none.
func EmailOf(identify []byte) (email string) {
	depth := 0
	for at := 0; at < len(identify); at++ {
		switch identify[at] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := endOfString(identify, at)
			if depth == 2 && string(identify[at:end]) == `"email"` && end+1 < len(identify) && string(identify[end:end+2]) == `:"` {
				if json.Unmarshal(identify[end+1:endOfString(identify, end+1)], &email) == nil {
					return email
				}
			}
			at = end - 1
		}
	}
	return ""
}

// endOfString returns what follows the string that begins with the quote at a place.
func endOfString(text []byte, at int) int {
	for at++; at < len(text) && text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return min(at+1, len(text))
}
