package objectstore

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// s3Account makes the client, when it is needed first.
type s3Account struct {
	options *Options

	lock    sync.Mutex
	current *s3.Client
	age     int // how many clients there have been
	http    *http.Client
}

// defaultRegion is what services other than Amazon's, and Amazon's global endpoint, take when there is no
// region.
const defaultRegion = "us-east-1"

// client returns the client, and its age for renew. It fails if there are no credentials.
func (a *s3Account) client(ctx context.Context) (*s3.Client, int, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.current != nil {
		return a.current, a.age, nil
	}
	loaded, err := config.LoadDefaultConfig(ctx, a.load()...)
	if err != nil {
		return nil, 0, s3ConfigError(err)
	}
	if loaded.Credentials == nil {
		return nil, 0, s3NoCredentials()
	}
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, 0, context.Cause(ctx)
		}
		return nil, 0, s3CredentialsError(err, a.options.Profile)
	}
	if a.http == nil {
		a.http = withoutRedirects(loaded.HTTPClient)
	}
	a.current = s3.NewFromConfig(loaded, a.configure)
	a.age++
	return a.current, a.age, nil
}

// load returns how to find the configuration.
func (a *s3Account) load() []func(*config.LoadOptions) error {
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(setTransport).WithDialerOptions(func(d *net.Dialer) {
			d.Timeout = 15 * time.Second
		})),
		config.WithDefaultRegion(defaultRegion),
		config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired),
		config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired),
		config.WithLogger(logging.Nop{}),
		config.WithAppID("ph2cio"),
	}
	if a.options.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.options.Profile))
	}
	if a.options.Region != "" {
		options = append(options, config.WithRegion(a.options.Region))
	}
	return options
}

// setTransport makes the bytes of objects arrive as they are, each request on a connection of its own.
func setTransport(t *http.Transport) {
	t.DisableCompression = true
	t.ForceAttemptHTTP2 = false
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, atOnce
	t.ResponseHeaderTimeout = stalled
}

// withoutRedirects returns a client that follows none: a signature is for one host.
func withoutRedirects(client aws.HTTPClient) *http.Client {
	plain := &http.Client{CheckRedirect: noRedirects}
	if b, ok := client.(*awshttp.BuildableClient); ok {
		plain.Transport = b.GetTransport()
	}
	return plain
}

// noRedirects lets a client return redirects as they are.
func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// configure sets the options of a client.
func (a *s3Account) configure(o *s3.Options) {
	o.HTTPClient = a.http
	o.Retryer = aws.NopRetryer{} // retry.go does that, for the whole of a transfer
	o.DisableLogOutputChecksumValidationSkipped = true
	o.Credentials = taggedCredentials{o.Credentials}
	if a.options.Endpoint != "" {
		o.BaseEndpoint = aws.String(strings.TrimSuffix(a.options.Endpoint, "/"))
	}
	if o.BaseEndpoint == nil || isAmazon(*o.BaseEndpoint) {
		return
	}
	o.UsePathStyle = true
	encoding := acceptedEncoding(*o.BaseEndpoint)
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error { return unsignedEncoding(stack, encoding) })
}

// isAmazon reports whether an endpoint is one of Amazon's own, which have a host for each bucket.
func isAmazon(endpoint string) bool {
	return isOf(endpoint, "amazonaws.com", "amazonaws.com.cn", "api.aws")
}

// acceptedEncoding returns what to send as Accept-Encoding so that objects arrive as they are stored. Google
// decompresses them for clients that do not take gzip.
func acceptedEncoding(endpoint string) string {
	if isOf(endpoint, "googleapis.com") {
		return "gzip"
	}
	return "identity"
}

// isOf reports whether the host of an endpoint is in one of these domains.
func isOf(endpoint string, domains ...string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && slices.ContainsFunc(domains, func(domain string) bool { return strings.HasSuffix("."+u.Hostname(), "."+domain) })
}

// unsignedEncoding keeps the header Accept-Encoding out of the signature, since proxies change it, and sets
// it afterwards.
func unsignedEncoding(stack *middleware.Stack, encoding string) error {
	set := func(value string) func(context.Context, middleware.FinalizeInput, middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		return func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			if request, ok := in.Request.(*smithyhttp.Request); ok {
				request.Header.Del("Accept-Encoding")
				if value != "" {
					request.Header.Set("Accept-Encoding", value)
				}
			}
			return next.HandleFinalize(ctx, in)
		}
	}
	if err := stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("ph2cioBefore", set("")), "Signing", middleware.Before); err != nil {
		return err
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("ph2cioAfter", set(encoding)), "Signing", middleware.After)
}

// renew makes the next request find the credentials again, if the client is still the one of this age.
func (a *s3Account) renew(age int) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.age == age {
		a.current = nil
	}
}

func (a *s3Account) payer() types.RequestPayer {
	if a.options.RequesterPays {
		return types.RequestPayerRequester
	}
	return ""
}

func (a *s3Account) close() {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.http != nil {
		a.http.CloseIdleConnections()
	}
}

// taggedCredentials are credentials whose errors are told apart from others.
type taggedCredentials struct{ aws.CredentialsProvider }

// credentialsError is why there are no valid credentials.
type credentialsError struct{ error }

func (e *credentialsError) Unwrap() error { return e.error }

// Retrieve returns the credentials. Its errors are of type *credentialsError.
func (t taggedCredentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := t.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		err = &credentialsError{err}
	}
	return found, err
}
