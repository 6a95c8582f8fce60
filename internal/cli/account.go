package cli

import "ph2cio/internal/customerio"

// account is what is known of the credentials.
type account struct {
	credentials customerio.Credentials
	err         error
}
