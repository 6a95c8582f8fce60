package objectstore

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/encoding/httpbinding"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// s3Quick gets objects as the library does, in a tenth of its time: the library takes 0.2 ms of CPU for each
// request, which is as much as the rest of the work for a small object. It is made from a request of the
// library that has succeeded, so that the library alone decides where a bucket is and how requests are
// signed. Its errors are those of the library.
type s3Quick struct {
	client      *s3.Client // that has made the request
	http        *http.Client
	credentials aws.CredentialsProvider
	signer      *v4.Signer
	base        string // the URL before the key
	region      string // in the signature
	encoding    string // Accept-Encoding
	pays        bool   // the requester pays
}

// newS3Quick returns what makes requests like one that has succeeded; nil if it was signed in another way
// than most are.
func newS3Quick(client *s3.Client, a *s3Account, key string, out *s3.GetObjectOutput) *s3Quick {
	answer, ok := middleware.GetRawResponse(out.ResultMetadata).(*smithyhttp.Response)
	if !ok || answer.Response == nil || answer.Request == nil {
		return nil
	}
	request, path := answer.Request, httpbinding.EscapePath(key, false)
	before, ok := strings.CutSuffix(request.URL.EscapedPath(), path)
	region, plain := s3SignedFor(request.Header.Get("Authorization"))
	if !ok || !plain || request.Header.Get("X-Amz-S3session-Token") != "" {
		return nil
	}
	base := request.URL.Scheme + "://" + request.URL.Host + before
	return &s3Quick{
		client: client, http: a.http, credentials: client.Options().Credentials, signer: v4.NewSigner(),
		base: base, region: region, encoding: acceptedEncoding(base), pays: a.options.RequesterPays,
	}
}

// s3SignedFor returns the region that a signature is for, and whether it is one of the usual kind for S3.
func s3SignedFor(authorization string) (region string, usual bool) {
	rest, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 Credential=")
	scope, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(scope, "/") // the key, the day, the region, the service, the end
	if n := len(parts); ok && n >= 5 && parts[n-1] == "aws4_request" && parts[n-2] == "s3" {
		return parts[n-3], true
	}
	return "", false
}

// emptySum is the SHA-256 of no bytes, the body of the requests.
const emptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// get makes a request.
func (q *s3Quick) get(ctx context.Context, want request) (answer *http.Response, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, q.base+httpbinding.EscapePath(want.key, false), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Amz-Content-Sha256", emptySum)
	if want.tag != "" {
		r.Header.Set("If-Match", `"`+want.tag+`"`)
	}
	if !want.whole {
		r.Header.Set("Range", s3Range(want))
	}
	if q.pays {
		r.Header.Set("X-Amz-Request-Payer", "requester")
	}
	keys, err := q.credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	err = q.signer.SignHTTP(ctx, keys, r, emptySum, "s3", q.region, time.Now(), func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", q.encoding)
	r.Header.Set("User-Agent", "ph2cio")
	if answer, err = q.http.Do(r); err != nil {
		return nil, err
	}
	if answer.StatusCode/100 != 2 {
		return nil, s3AnswerError(answer)
	}
	return answer, nil
}

// s3AnswerError returns the error that the library makes of such an answer, and closes the answer.
func s3AnswerError(answer *http.Response) error {
	defer answer.Body.Close()
	var said struct{ Code, Message string }
	// Without a text that can be read there is no code, and the status decides.
	_ = xml.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&said)
	return &awshttp.ResponseError{
		RequestID: answer.Header.Get("X-Amz-Request-Id"),
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: answer},
			Err:      &smithy.GenericAPIError{Code: said.Code, Message: said.Message},
		},
	}
}

// s3Range returns the range of bytes that a request is for.
func s3Range(want request) string { return fmt.Sprintf("bytes=%d-%d", want.from, want.to-1) }
