package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ph2cio/internal/cli/dotenv"
	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
)

// readCredentials finds the credentials in the environment, in the .env file, or in the files that *_FILE
// name. No flag takes them, because the list of processes would show it.
func (p *program) readCredentials() (customerio.Credentials, error) {
	siteID, err1 := p.secret(varSiteID)
	apiKey, err2 := p.secret(varAPIKey)
	if err := usageFirst(err1, err2); err != nil {
		return customerio.Credentials{}, err
	}
	return customerio.Credentials{SiteID: customerio.NewSecret(siteID), APIKey: customerio.NewSecret(apiKey)}, nil
}

// usageFirst returns the errors that are mistakes in settings if there are any, else all of them.
func usageFirst(errs ...error) error {
	isUsage := func(err error) bool { return err != nil && exitCode(err) == exit.Usage }
	if slices.ContainsFunc(errs, isUsage) {
		errs = slices.DeleteFunc(errs, func(err error) bool { return !isUsage(err) })
	}
	return errors.Join(errs...)
}

// setCredentials says how to give credentials.
const setCredentials = "run `ph2cio init`, or set CUSTOMERIO_SITE_ID and CUSTOMERIO_API_KEY (`ph2cio help environment`)"

// setVariables says how to give credentials where nobody can be asked for them.
const setVariables = "set CUSTOMERIO_SITE_ID and CUSTOMERIO_API_KEY in the environment or .env, or each with _FILE at its end to the path of a file " +
	"(Customer.io shows them under Settings > API credentials, Track API)"

// credentialsUnset is an error that says which credentials nothing gives; nil if none.
func (p *program) credentialsUnset() error {
	var errs []error
	for _, name := range []string{varSiteID, varAPIKey} {
		if strings.TrimSpace(p.setting(name)) == "" && p.setting(name+"_FILE") == "" {
			errs = append(errs, fmt.Errorf("%s is not set", name))
		}
	}
	return errors.Join(errs...)
}

// secret reads a credential from its variable, or from the file that its _FILE variable names.
func (p *program) secret(name string) (string, error) {
	value := strings.TrimSpace(p.setting(name))
	path := p.setting(name + "_FILE")
	switch {
	case value != "" && path != "":
		return "", &problem{err: fmt.Errorf("both %s and %s_FILE are set; keep one", name, name), code: exit.Usage}
	case value != "":
		return value, nil
	case path == "" && p.dotenv.values[name] != "":
		return "", &problem{
			err:  fmt.Errorf("%s is empty in the environment, which hides its value in %s", name, p.dotenv.path),
			code: exit.Credentials, hint: "unset " + name + ", or give it its value there",
		}
	case path == "":
		return "", &problem{
			err: fmt.Errorf("%s is not set", name), code: exit.Credentials,
			hint: setCredentials + "; `--sandbox` and `ph2cio preview` need none",
		}
	}
	if startsWithTilde(path) {
		return "", &problem{err: fmt.Errorf("%s_FILE: %s", name, tildeAdvice), code: exit.Usage}
	}
	content, err := readSmallFile(path)
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		// The path is not shown: by an easy mistake it is the credential itself.
		return "", &problem{err: fmt.Errorf("%s_FILE names a file that cannot be read: %w", name, e.Err), code: exit.Credentials,
			hint: fmt.Sprintf("set %s to the credential itself, or %s_FILE to the path of a file that holds it", name, name)}
	}
	if err != nil {
		return "", &problem{err: fmt.Errorf("read %s_FILE: %w", name, err), code: exit.Credentials}
	}
	if value = strings.TrimSpace(strings.TrimPrefix(string(content), dotenv.ByteOrderMark)); value == "" {
		return "", &problem{err: errors.New(name + "_FILE names an empty file: " + path), code: exit.Credentials}
	}
	return value, nil
}
