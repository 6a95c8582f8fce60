package customerio

import "ph2cio/internal/rawjson"

// Platform is a kind of mobile device.
type Platform string

const (
	IOS     Platform = "ios"
	Android Platform = "android"
)

// Device is a mobile device of a person.
type Device struct {
	Token      string
	Platform   Platform
	LastUsed   int64  // unix seconds; 0 leaves it out, and the API takes the time of the request
	Attributes []byte // a JSON object of strings, or nil for none
}

// AppendAddDevice appends an operation that gives a person a device, or updates it.
func AppendAddDevice(dst []byte, who Identifier, d Device) []byte {
	dst = appendPerson(dst, AddDevice, who)
	dst = append(dst, `,"device":{"token":`...)
	dst = rawjson.AppendString(dst, d.Token)
	dst = append(dst, `,"platform":"`...)
	dst = append(dst, d.Platform...)
	dst = append(dst, '"')
	dst = appendInteger(dst, `,"last_used":`, d.LastUsed)
	dst = appendRaw(dst, `,"attributes":`, d.Attributes)
	return append(dst, `}}`...)
}

// AppendDeleteDevice appends an operation that takes a device from a person.
func AppendDeleteDevice(dst []byte, who Identifier, token string) []byte {
	dst = appendPerson(dst, DeleteDevice, who)
	dst = append(dst, `,"device":{"token":`...)
	dst = rawjson.AppendString(dst, token)
	return append(dst, `}}`...)
}
