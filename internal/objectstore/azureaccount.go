package objectstore

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// azAccount makes the clients of containers.
type azAccount struct {
	options *Options
	signIn  func() (azcore.TokenCredential, error) // that all clients share

	lock sync.Mutex
	http *http.Client // that all clients share; nil before the first
}

// azSignIn gets tokens for who is signed in. Its errors are of type *credentialsError, or of the context.
type azSignIn struct{ azcore.TokenCredential }

// GetToken returns a token.
func (s azSignIn) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := s.TokenCredential.GetToken(ctx, o)
	if err != nil && ctx.Err() == nil {
		err = &credentialsError{err}
	}
	return token, err
}

// newAzSignIn finds who is signed in as Azure's own programs do, when a token is needed first.
func newAzSignIn() (azcore.TokenCredential, error) {
	found, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		return nil, err
	}
	return azSignIn{found}, nil
}

// azReached is how to reach a container.
type azReached struct {
	client *container.Client
	by     azAccess
}

// reach returns a client for a container. It fails if there are no credentials for the account.
func (a *azAccount) reach(account, name string) (azReached, error) {
	found, err := azFind(account, a.options.setting)
	if err != nil {
		return azReached{}, err
	}
	endpoint, err := azEndpoint(a.options.AzureEndpoint, found, account)
	if err != nil {
		return azReached{}, err
	}
	url, o := endpoint+"/"+name, a.clientOptions()
	to := azReached{by: found.access()}
	switch {
	case found.key != "":
		var key *container.SharedKeyCredential
		if key, err = container.NewSharedKeyCredential(account, found.key); err != nil {
			return azReached{}, azBadSetting(found.from, "is no key of a storage account", "copy the whole key, from Access keys in the Azure portal")
		}
		to.client, err = container.NewClientWithSharedKeyCredential(url, key, o)
	case found.sas != "":
		to.client, err = container.NewClientWithNoCredential(url+"?"+found.sas, o)
	default:
		var signIn azcore.TokenCredential
		if signIn, err = a.signIn(); err != nil {
			return azReached{}, azNoCredentials(err)
		}
		o.InsecureAllowCredentialWithHTTP = true // azCheckEndpoint lets HTTP only to this machine
		to.client, err = container.NewClient(url, signIn, o)
	}
	if err != nil {
		return azReached{}, azBadSetting(found.from, "cannot be used", "copy it again from the Azure portal")
	}
	return to, nil
}

func (a *azAccount) clientOptions() *container.ClientOptions {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.http == nil {
		t := &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
		}
		setTransport(t)
		a.http = &http.Client{Transport: t, CheckRedirect: noRedirects}
	}
	return &container.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: a.http,
		Retry:     policy.RetryOptions{MaxRetries: -1}, // retry.go does that, for the whole of a transfer
		Telemetry: policy.TelemetryOptions{ApplicationID: "ph2cio"},
	}}
}

func (a *azAccount) close() {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.http != nil {
		a.http.CloseIdleConnections()
	}
}
