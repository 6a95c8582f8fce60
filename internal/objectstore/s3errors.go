package objectstore

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

var (
	s3Expired = map[string]bool{"ExpiredToken": true, "ExpiredTokenException": true, "RequestExpired": true, "TokenRefreshRequired": true}
	s3Skewed  = map[string]bool{"RequestTimeTooSkewed": true, "RequestInTheFuture": true}
	s3Refused = map[string]bool{
		"InvalidAccessKeyId": true, "SignatureDoesNotMatch": true, "InvalidToken": true, "UnrecognizedClientException": true,
		"InvalidClientTokenId": true, "AuthFailure": true, "InvalidSecurity": true, "NotSignedUp": true, "AccountProblem": true,
		"XAdminUserNotFound": true, // of versitygw
	}
	s3Moved = map[string]bool{
		"PermanentRedirect": true, "TemporaryRedirect": true, "AuthorizationHeaderMalformed": true, "IllegalLocationConstraintException": true,
	}
)

// s3Code returns the code of an error that the service has answered with, empty if it has answered none.
func s3Code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// s3Expecting finds the region in the message of AuthorizationHeaderMalformed. Amazon, MinIO and versitygw
// quote it differently; the last two say it nowhere else.
var s3Expecting = regexp.MustCompile(`expecting ['"]([a-z0-9-]+)['"]`)

// s3Region returns in which region the bucket is, if an error says that it is in another one.
func s3Region(err error) string {
	e, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok || e.Response == nil {
		return ""
	}
	if status := e.HTTPStatusCode(); status/100 != 3 && status != http.StatusBadRequest {
		return ""
	}
	if region := word(e.Response.Header.Get("X-Amz-Bucket-Region")); region != "" {
		return region
	}
	if said, ok := errors.AsType[smithy.APIError](err); ok && said.ErrorCode() == "AuthorizationHeaderMalformed" {
		if found := s3Expecting.FindStringSubmatch(said.ErrorMessage()); found != nil {
			return word(found[1])
		}
	}
	return ""
}

// failed returns the error of a request to list the bucket, or to look at or get an object.
func (b *s3Bucket) failed(what string, err error) error {
	if e, ok := errors.AsType[*credentialsError](err); ok {
		return s3CredentialsError(e, b.account.options.Profile)
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok && neverSent(err) {
		return &Error{
			text: fmt.Sprintf("no request can be made for the bucket %q in its region", b.name), is: source.ErrUnavailable,
			hint: "check the name of the bucket, and --s3-region or AWS_REGION",
		}
	}
	if !ok || answer.HTTPStatusCode() == 0 {
		return err // of the connection
	}
	if answer.HTTPStatusCode()/100 == 2 && plainCause(err) != "" {
		return err // of the connection too: it broke in the middle of the answer
	}
	code, status := s3Code(err), answer.HTTPStatusCode()
	if e := s3Unfit(answer, code); e != nil {
		return e
	}
	switch {
	case status == http.StatusPreconditionFailed:
		return changed("the object was replaced after it was found")
	case code == "NoSuchBucket":
		return &Error{
			text: fmt.Sprintf("the bucket %q does not exist", b.name), is: source.ErrUnavailable,
			hint: "check its name, and --s3-endpoint if it is not one of Amazon's",
		}
	case status == http.StatusNotFound && what == "look":
		return missing()
	case status == http.StatusNotFound && what == "get":
		return changed("the object was removed after it was found")
	case s3Moved[code] || status/100 == 3:
		return b.elsewhere(err)
	case code == "InvalidObjectState":
		return &Error{text: "the object is archived, and cannot be read before it is restored", hint: "restore it in S3 first, or leave it out with --exclude"}
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return b.denied(what, err)
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || code == "RequestTimeout":
		return &Error{text: s3Described(answer, code), temporary: true, hint: throttleHint(code, status)}
	}
	if status/100 == 2 {
		return &Error{text: "the answer is not one of S3", hint: "check --s3-endpoint", is: source.ErrUnavailable}
	}
	return &Error{
		text: fmt.Sprintf("the store refused the request: %s", s3Described(answer, code)), is: unavailableFor(what),
		unexplained: what == "look" && status == http.StatusBadRequest,
	}
}

// neverSent reports whether the library has failed before it sent a request, such as for lack of an address.
func neverSent(err error) bool {
	_, library := errors.AsType[*smithy.OperationError](err)
	_, sent := errors.AsType[*smithyhttp.RequestSendError](err)
	return library && !sent
}

// s3Unfit returns the error for credentials, or a clock, that no request can succeed with; nil for other
// answers.
func s3Unfit(answer *awshttp.ResponseError, code string) error {
	switch {
	case s3Expired[code]:
		return &Error{
			text: "the credentials for S3 have expired", code: exit.Credentials, is: source.ErrUnavailable,
			hint: "get new credentials, then run the same command again: it resumes",
		}
	case s3Skewed[code]:
		return &Error{
			text: "S3 refuses the requests because the clock of this machine is wrong", code: exit.Credentials, is: source.ErrUnavailable,
			hint: "set the clock, then run the same command again",
		}
	case s3Refused[code]:
		return &Error{
			text: fmt.Sprintf("S3 refused the credentials: %s", s3Described(answer, code)), code: exit.Credentials, is: source.ErrUnavailable,
			hint: "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile, and that they are for this endpoint",
		}
	}
	return nil
}

// s3Described returns what S3 has answered.
func s3Described(answer *awshttp.ResponseError, code string) string {
	return described(answer.HTTPStatusCode(), code, answer.ServiceRequestID())
}

// elsewhere is the error for a bucket in another region.
func (b *s3Bucket) elsewhere(err error) error {
	where, hint := "another region", "name it with --s3-region"
	if region := s3Region(err); region != "" {
		where, hint = "the region "+region, "use --s3-region "+region
	}
	return &Error{text: fmt.Sprintf("the bucket %q is in %s", b.name, where), hint: hint, is: source.ErrUnavailable}
}

// denied is the error for a missing permission.
func (b *s3Bucket) denied(what string, err error) error {
	permission, on := "s3:GetObject", "arn:aws:s3:::"+b.name+"/*"
	if what == "list" {
		permission, on = "s3:ListBucket", "arn:aws:s3:::"+b.name
	}
	if e, ok := errors.AsType[smithy.APIError](err); ok && strings.Contains(strings.ToLower(e.ErrorMessage()), "kms:decrypt") {
		permission, on = "kms:Decrypt", "the key of the bucket"
	}
	e := &Error{
		text: fmt.Sprintf("access denied: the credentials lack the permission %s on %s", permission, on), code: exit.Credentials,
		denied: true, unexplained: what == "look",
		hint: "add it to the policy of the user or role, or use other credentials",
	}
	if !b.account.options.RequesterPays {
		e.hint += "; for a bucket whose owner does not pay for transfers, use --s3-requester-pays"
	}
	if what == "list" || !b.read.Load() {
		e.is = source.ErrUnavailable // all other requests would be denied too
	}
	return e
}

// s3ConfigError is the error for a configuration that cannot be read.
func s3ConfigError(err error) error {
	if e, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return &Error{ // perhaps not the one that was named, but one that it refers to
			text: fmt.Sprintf("the AWS configuration has no profile %q", e.Profile), code: exit.Credentials, is: source.ErrUnavailable,
			hint: "check --s3-profile or AWS_PROFILE, and ~/.aws/config",
		}
	}
	return &Error{
		text: "the AWS configuration cannot be read", code: exit.Credentials, is: source.ErrUnavailable,
		hint: "check ~/.aws/config, ~/.aws/credentials and the variables that begin with AWS_",
	}
}

// s3NoCredentials is the error for credentials that are nowhere.
func s3NoCredentials() *Error {
	return &Error{
		text: "there are no credentials for S3: none in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in a profile of ~/.aws, or of a role of this machine",
		code: exit.Credentials, is: source.ErrUnavailable,
		hint: "set the two variables, or name a profile with --s3-profile",
	}
}

// s3CredentialsError is the error for credentials that could not be found or renewed.
func s3CredentialsError(err error, profile string) error {
	if _, ok := errors.AsType[*ssocreds.InvalidTokenError](err); ok {
		return &Error{
			text: "the AWS sign-in of the profile has expired", code: exit.Credentials, is: source.ErrUnavailable,
			hint: strings.TrimSpace("run aws sso login " + profileFlag(profile)),
		}
	}
	if _, ok := errors.AsType[*processcreds.ProviderError](err); ok {
		return &Error{ // without its text, which may have secrets
			text: "the credential_process of the AWS profile failed", code: exit.Credentials, is: source.ErrUnavailable,
			hint: strings.TrimSpace("see what is wrong with aws sts get-caller-identity " + profileFlag(profile)),
		}
	}
	if code := word(s3Code(err)); code != "" {
		return &Error{
			text: fmt.Sprintf("AWS gave no credentials for the profile or role: %s", code), code: exit.Credentials, is: source.ErrUnavailable,
			hint: "check the role and who may assume it",
		}
	}
	return s3NoCredentials()
}

func profileFlag(profile string) string {
	if profile == "" {
		return ""
	}
	return "--profile " + profile
}
