package customerio

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Workspace is what the API says about the credentials.
type Workspace struct {
	URL           string // the Track API's address for this workspace
	Region        string // "us" or "eu"
	EnvironmentID int64
	Date          time.Time // the API's clock when it answered; zero if unknown

	// Sandbox names the life of a sandbox on this machine, which forgets everything when that life ends. It has
	// letters, digits and hyphens, and is empty for Customer.io.
	Sandbox string
}

// regionURLs are the URLs of the Track API by region.
var regionURLs = map[string]string{"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}

// RegionURL returns the URL of the Track API for the region "us" or "eu".
func RegionURL(region string) (string, error) {
	if url, ok := regionURLs[region]; ok {
		return url, nil
	}
	return "", fmt.Errorf("region %q is neither us nor eu; set CUSTOMERIO_REGION to one of them", region)
}

// lives matches the names that Workspace.Sandbox can have.
var lives = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)

// RegionOf returns the region whose Track API has a URL, empty for any other URL.
func RegionOf(url string) string {
	for region, its := range regionURLs {
		if its == url {
			return region
		}
	}
	return ""
}

// Region requests which workspace the credentials belong to, and its region. It works at the URL of either
// region (Track API reference, Find your account region). It changes nothing and makes one attempt; use
// Policy.Do to retry. Its error is an *APIError, or wraps the cause of ctx.
func (c *Client) Region(ctx context.Context) (Workspace, error) {
	what := "asking " + c.base + " for the workspace"
	reply, err := c.do(ctx, call{what: what, method: http.MethodGet, path: regionPath, limit: maxReply(0)})
	if err != nil {
		return Workspace{}, err
	}
	var answer struct {
		URL           string `json:"url"`
		Region        string `json:"region"`
		EnvironmentID int64  `json:"environment_id"`
		Sandbox       string `json:"sandbox"`
	}
	unusable := func(cause string) error {
		return &APIError{Request: what, Status: reply.status, Excerpt: c.excerpt(reply.body), Cause: cause}
	}
	if !isObject(reply.body) || json.Unmarshal(reply.body, &answer) != nil {
		return Workspace{}, unusable("this is not how the Track API answers; check the address, and any proxy in between")
	}
	base, err := checkBase(answer.URL)
	if err != nil || answer.EnvironmentID <= 0 || answer.Region == "" {
		return Workspace{}, unusable("the url, region or environment_id is missing or unusable; check the address")
	}
	w := Workspace{URL: base, Region: answer.Region, EnvironmentID: answer.EnvironmentID}
	if strings.HasPrefix(c.base, "http:") && lives.MatchString(answer.Sandbox) { // plain http is only for this machine
		w.Sandbox = answer.Sandbox
	}
	if date, err := http.ParseTime(reply.date); err == nil {
		w.Date = date
	}
	return w, nil
}
