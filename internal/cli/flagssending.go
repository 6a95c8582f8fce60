package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
)

// check checks the flags and settings for sending before anything is read or asked. Errors name the flag or
// the setting.
func (o *sendingOptions) check(p *program) error {
	errs := []error{checkRate(o.rate), checkBatchItems(o.batchItems)}
	for _, one := range []struct {
		ok   bool
		must string
	}{
		{o.concurrency >= 0 && o.concurrency <= 1000, fmt.Sprintf("--concurrency must be 0 to 1000 requests, not %d", o.concurrency)},
		{o.dedupWindow >= 0, fmt.Sprintf("--dedup-window must be 0 days or more, not %d", o.dedupWindow)},
		{o.settle >= 0 || o.settle == settleUnset, fmt.Sprintf("--settle must be 0s or more, not %s", o.settle)},
		{o.maxDuration >= 0, fmt.Sprintf("--max-duration must be 0s or more, not %s", o.maxDuration)},
		{o.tolerateRejects >= 0, fmt.Sprintf("--tolerate-rejects must be 0 or more, not %d", o.tolerateRejects)},
		{o.waitLock >= 0, fmt.Sprintf("--wait-lock must be 0s or more, not %s", o.waitLock)},
		{o.workspace >= 0, fmt.Sprintf("--workspace must be the ID of an environment, not %d", o.workspace)},
	} {
		if !one.ok {
			errs = append(errs, errors.New(one.must))
		}
	}
	_, err := parseMaxRejects(o.maxRejects)
	errs = append(errs, err)
	if !o.sandbox && !o.dryRun {
		errs = append(errs, p.checkDestination(o))
	}
	return errors.Join(errs...)
}

func checkRate(rate float64) error {
	if rate > 0 && rate <= 1000 {
		return nil
	}
	return fmt.Errorf("--rate must be more than 0 and at most 1000 requests a second, not %v", rate)
}

func checkBatchItems(items int) error {
	if items < 0 {
		return fmt.Errorf("--batch-items must be 0 or more, not %d", items)
	}
	return nil
}

// checkDestination checks the settings that say where to send, without asking the API. Missing credentials
// are reported later, after missing sources. Here only those are refused that cannot be right.
func (p *program) checkDestination(o *sendingOptions) error {
	errs := []error{p.checkRegion(o)}
	credentials, err := p.credentials()
	if err != nil {
		credentials = customerio.Credentials{SiteID: customerio.NewSecret("x"), APIKey: customerio.NewSecret("x")}
		if exitCode(err) == exit.Usage {
			errs = append(errs, err)
		}
	}
	caCert, err := o.readCACert()
	errs = append(errs, err)
	base := cmp.Or(strings.TrimRight(p.setting(varTrackURL), "/"), "https://track.customer.io")
	_, err = customerio.NewClient(customerio.ClientOptions{BaseURL: base, Credentials: credentials, CACert: caCert})
	return errors.Join(append(errs, err)...)
}

// checkRegion refuses an unknown region, and two settings that name different ones. A flag on the command
// line wins.
func (p *program) checkRegion(o *sendingOptions) error {
	name, other := "--region", strings.ToLower(strings.TrimSpace(p.setting(varRegion)))
	if o.region == "" {
		name = varRegion
	}
	region := p.region(o)
	if _, set := p.origins["region"]; set && other != "" && other != region {
		return fmt.Errorf("%s is %q but %s is %q; keep one", name, region, varRegion, other)
	}
	if _, err := customerio.RegionURL(cmp.Or(region, "us")); err != nil {
		return fmt.Errorf("%s must be us or eu, not %q", name, withoutSecret(region))
	}
	return nil
}
