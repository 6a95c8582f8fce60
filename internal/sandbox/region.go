package sandbox

import "net/http"

func regionReply(url string, region Region, environment int64) reply {
	return reply{status: http.StatusOK, kind: jsonKind, body: encode(struct {
		URL         string `json:"url"`
		Region      Region `json:"region"`
		Environment int64  `json:"environment_id"`
	}{url, region, environment})}
}

// baseURL is where the client found us, so that one who follows the region call stays here.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
