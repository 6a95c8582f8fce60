package fakestore

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Azure is an http.Handler that answers as Azure's Blob Storage does, under the path /ACCOUNT/CONTAINER. It
// checks who asks, but no signatures. The fields must not change while it serves.
type Azure struct {
	Objects   Objects
	Account   string
	Signature string   // the sig of the SAS tokens that are accepted
	Page      int      // how many blobs a list has at most; 0 for 5000
	Folders   []string // the names of the blobs that stand for folders
}

// AzureEnvironment returns the variables with which a program finds these credentials, and none of this
// machine.
func AzureEnvironment(connectionString, key, sas string) map[string]string {
	return map[string]string{
		"AZURE_STORAGE_CONNECTION_STRING": connectionString, "AZURE_STORAGE_KEY": key, "AZURE_STORAGE_SAS_TOKEN": sas, "AZURE_STORAGE_ACCOUNT": "",
		"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential", "AZURE_CLIENT_ID": "", "AZURE_TENANT_ID": "",
	}
}

// ServeHTTP answers a request.
func (a *Azure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	account, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	container, key, _ := strings.Cut(rest, "/")
	_, found := a.Objects.Keys(container)
	query := r.URL.Query()
	signed := strings.HasPrefix(r.Header.Get("Authorization"), "SharedKey "+a.Account+":") || strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || query.Has("sig") && query.Get("sig") == a.Signature
	w.Header().Set("X-Ms-Version", r.Header.Get("X-Ms-Version"))
	switch {
	case !signed || account != a.Account:
		refuse(w, r, http.StatusForbidden, "AuthenticationFailed", "")
	case !found:
		refuse(w, r, http.StatusNotFound, "ContainerNotFound", "")
	case key == "":
		a.list(w, container, query)
	default:
		a.object(w, r, container, key)
	}
}

// object sends a blob, or the part of it that is asked for.
func (a *Azure) object(w http.ResponseWriter, r *http.Request, container, key string) {
	one, found := a.Objects.Object(container, key)
	switch want := r.Header.Get("If-Match"); {
	case !found:
		refuse(w, r, http.StatusNotFound, "BlobNotFound", "")
	case want != "" && want != one.Tag:
		refuse(w, r, http.StatusPreconditionFailed, "ConditionNotMet", "")
	default:
		if slices.Contains(a.Folders, key) {
			w.Header().Set("X-Ms-Meta-Hdi_isfolder", "true")
		}
		send(w, r, &one, r.Header.Get("X-Ms-Range"))
	}
}

// blobItem is a blob as lists have it.
type blobItem struct {
	Name struct {
		Encoded bool   `xml:",attr,omitempty"`
		Text    string `xml:",chardata"`
	}
	Modified string `xml:"Properties>Last-Modified"`
	Tag      string `xml:"Properties>Etag"`
	Size     int    `xml:"Properties>Content-Length"`
	Folder   string `xml:"Metadata>hdi_isfolder,omitempty"`
}

// list sends a page of the blobs of a container.
func (a *Azure) list(w http.ResponseWriter, container string, query url.Values) {
	answer := struct {
		XMLName    xml.Name   `xml:"EnumerationResults"`
		Blobs      []blobItem `xml:"Blobs>Blob"`
		NextMarker string
	}{}
	after, _ := url.PathUnescape(query.Get("marker")) // the last name of the page before
	found, more := page(a.Objects, container, query.Get("prefix"), after, cmp.Or(a.Page, 5000))
	for _, one := range found {
		item := blobItem{Modified: one.Modified.UTC().Format(http.TimeFormat), Tag: strings.Trim(one.Tag, `"`), Size: len(one.Data)}
		item.Name.Text = one.key
		if strings.ContainsFunc(one.key, notXML) || !utf8.ValidString(one.key) {
			item.Name.Encoded, item.Name.Text = true, url.PathEscape(one.key)
		}
		if slices.Contains(a.Folders, one.key) {
			item.Folder = "true"
		}
		answer.Blobs = append(answer.Blobs, item)
	}
	if more {
		answer.NextMarker = url.PathEscape(found[len(found)-1].key)
	}
	sendXML(w, answer)
}

// notXML reports whether XML cannot have a character.
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF
}
