package objectstore

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"

	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

// azSkew is by how much a clock may be wrong: Azure refuses signatures that are older than 15 minutes.
const azSkew = 14 * time.Minute

// failed returns the error of a request to list the container, or to look at or get a blob. The library's
// errors are never shown, since they may have the URL of the request, in which a SAS token is.
func (b *azContainer) failed(ctx context.Context, what string, to azReached, err error) error {
	if e, ok := errors.AsType[*credentialsError](err); ok {
		return azNoCredentials(e)
	}
	answer, ok := errors.AsType[*azcore.ResponseError](err)
	switch dns, _ := errors.AsType[*net.DNSError](err); {
	case ok && answer.RawResponse != nil:
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case dns != nil && dns.IsNotFound:
		return &Error{
			text: fmt.Sprintf("the storage account %q does not exist: the host %q has no address", b.account, dns.Name), is: source.ErrUnavailable,
			hint: "check its name, and --azure-endpoint if it is not in Azure's public cloud",
		}
	case plainCause(err) != "":
		return err // of the connection
	default:
		return azNotAzure()
	}
	code, status := answer.ErrorCode, answer.StatusCode
	is := func(codes ...bloberror.Code) bool { return bloberror.HasCode(answer, codes...) }
	switch {
	case status == http.StatusPreconditionFailed:
		return changed("the object was replaced after it was found")
	case is(bloberror.ContainerNotFound, bloberror.ContainerBeingDeleted, bloberror.ContainerDisabled) || what == "list" && status == http.StatusNotFound:
		return &Error{
			text: fmt.Sprintf("the container %q does not exist in the storage account %q", b.name, b.account), is: source.ErrUnavailable,
			hint: "check its name, and that of the account",
		}
	case what == "look" && status == http.StatusNotFound:
		return missing()
	case what == "get" && status == http.StatusNotFound:
		return changed("the object was removed after it was found")
	case is(bloberror.BlobArchived, bloberror.BlobBeingRehydrated):
		return &Error{text: "the object is archived, and cannot be read before it is restored", hint: "move it to the Hot or Cool tier in Azure first, which takes hours, or leave it out with --exclude"}
	case is(bloberror.BlobUsesCustomerSpecifiedEncryption):
		return &Error{text: "the object is encrypted with a key that its readers must have, which is not supported", hint: "copy it without that key, or leave it out with --exclude"}
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return b.denied(what, to.by, answer)
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return &Error{text: azDescribed(answer), temporary: true, hint: throttleHint(code, status)}
	case status/100 == 3:
		return &Error{text: "the answer leads to another address, which is not followed", hint: "check --azure-endpoint", is: source.ErrUnavailable}
	}
	return &Error{text: fmt.Sprintf("the store refused the request: %s", azDescribed(answer)), is: unavailableFor(what)}
}

// denied is the error for credentials that Azure does not take, or that lack a permission.
func (b *azContainer) denied(what string, by azAccess, answer *azcore.ResponseError) error {
	e := &Error{code: exit.Credentials, denied: true}
	if what == "list" || !b.read.Load() {
		e.is = source.ErrUnavailable // all other requests would be denied too
	}
	is := func(codes ...bloberror.Code) bool { return bloberror.HasCode(answer, codes...) }
	mismatch := is(bloberror.AuthorizationPermissionMismatch, bloberror.AuthorizationResourceTypeMismatch, bloberror.AuthorizationServiceMismatch,
		bloberror.InsufficientAccountPermissions)
	answered, err := http.ParseTime(answer.RawResponse.Header.Get("Date"))
	skewed := err == nil && time.Since(answered).Abs() > azSkew
	detail := azDetail(answer)
	switch lacks := by.lacks(what); {
	case by.sas != nil && (by.expired(time.Now()) || strings.Contains(detail, "not valid in the specified time frame") && !skewed):
		e.text, e.is = "the SAS token has expired, or is not valid yet", source.ErrUnavailable
		e.hint = "make a new one, put it into " + by.from + ", then run the same command again: it resumes"
	case skewed || strings.Contains(detail, "Request date header"):
		e.text, e.is = "Azure refuses the requests because the clock of this machine is wrong", source.ErrUnavailable
		e.hint = "set the clock, then run the same command again"
	case lacks != "":
		e.text = "access denied: the SAS token lacks " + lacks
		e.hint = "make one for the container with the permissions r (Read) and l (List), and put it into " + by.from
	case mismatch && by.from == "":
		e.text = fmt.Sprintf("access denied: who is signed in lacks the role Storage Blob Data Reader on the container %q", b.name)
		e.hint = "assign that role, on the container or the storage account; Azure takes some minutes to notice"
	case mismatch:
		e.text = fmt.Sprintf("access denied: %s does not allow to %s", by.from, map[bool]string{true: "list the container", false: "read the object"}[what == "list"])
		e.hint = "a SAS token needs the permissions r (Read) and l (List), and who has made it the role Storage Blob Data Reader"
	case is("KeyBasedAuthenticationNotPermitted"):
		e.text = fmt.Sprintf("the storage account %q takes no keys", b.account)
		e.hint = "unset " + by.name() + ", and sign in with az login as somebody with the role Storage Blob Data Reader"
	case is(bloberror.AccountIsDisabled):
		e.text, e.hint = fmt.Sprintf("the storage account %q is disabled", b.account), "enable it in Azure"
	case is(bloberror.AuthorizationFailure, "AuthorizationSourceIPMismatch", "AuthorizationProtocolMismatch"):
		e.text = "Azure refused access: " + azDescribed(answer)
		e.hint = "check " + by.name() + ", and that the firewall of the account, or the SAS token, lets this machine in"
	default:
		e.text = "Azure refused the credentials: " + azDescribed(answer)
		e.hint = "check " + by.name() + ", and that it is for this account"
	}
	return e
}

// azNoCredentials is the error for credentials that are nowhere, or for a sign-in that Azure refuses.
func azNoCredentials(err error) *Error {
	if _, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok {
		return &Error{
			text: "Azure refused the sign-in of this machine", code: exit.Credentials, is: source.ErrUnavailable,
			hint: "run az login, or check the identity that the variables AZURE_CLIENT_ID and AZURE_TENANT_ID name; then run the same command again",
		}
	}
	return &Error{
		text: fmt.Sprintf("there are no credentials for Azure: none in %s, %s or %s, no identity of this machine, and nobody is signed in with az login", azConnectionString, azKey, azSASToken),
		code: exit.Credentials, is: source.ErrUnavailable,
		hint: "set one of the three variables, or run az login",
	}
}

// azDetail returns why Azure did not accept a signature; empty if it has not said that.
func azDetail(answer *azcore.ResponseError) string {
	body, err := runtime.Payload(answer.RawResponse)
	if err != nil {
		return ""
	}
	var said struct{ AuthenticationErrorDetail string }
	_ = xml.Unmarshal(body, &said) // without a text that can be read there is no detail
	return said.AuthenticationErrorDetail
}

// azDescribed returns what Azure has answered: the status, its code, and the ID of the request.
func azDescribed(answer *azcore.ResponseError) string {
	return described(answer.StatusCode, answer.ErrorCode, answer.RawResponse.Header.Get("X-Ms-Request-Id"))
}

// azNotAzure is the error for an answer that is not Azure's.
func azNotAzure() error {
	return &Error{text: "the answer is not one of Azure's Blob Storage", hint: "check --azure-endpoint", is: source.ErrUnavailable}
}
