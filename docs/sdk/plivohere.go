// Package plivohere sends the masking requests of the official Go SDK to the service at PLIVO_API_URL, and leaves all others with Plivo.
//
//	client, err := plivo.NewClient(authID, authToken, &plivo.ClientOptions{HttpClient: plivohere.Client()})
//
// PLIVO_API_URL         the service's PUBLIC_URL, such as https://masking.example.com/api; not set: everything goes to Plivo
// PLIVO_API_RECORDINGS  true: recordings are asked for there too
package plivohere

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

var masking = regexp.MustCompile(`^/+v1/Account/[^/]+/+Masking/`)
var recordings = regexp.MustCompile(`^/+v1/Account/[^/]+/+(Masking|Recording)/`)

// Client has the SDK's own timeout, which an HTTP client of one's own would lose; set its Timeout for another one.
func Client() *http.Client {
	client := &http.Client{Timeout: 10 * time.Second}
	here := os.Getenv("PLIVO_API_URL")
	if here != "" {
		client.Transport = Transport(here, os.Getenv("PLIVO_API_RECORDINGS") == "true", http.DefaultTransport)
	}
	return client
}

// Transport routes in front of any other one, for programs that have an HTTP client of their own.
func Transport(here string, withRecordings bool, inner http.RoundTripper) http.RoundTripper {
	base, err := url.Parse(here)
	if err == nil && (base.Host == "" || (base.Scheme != "http" && base.Scheme != "https")) {
		err = errors.New("PLIVO_API_URL: expected an http or https address")
	}
	routed := masking
	if withRecordings {
		routed = recordings
	}
	return &transport{base, err, routed, inner}
}

type transport struct {
	base   *url.URL
	err    error
	routed *regexp.Regexp
	inner  http.RoundTripper
}

func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if t.err != nil {
		return nil, t.err
	}
	if request.URL.Host != "api.plivo.com" || !t.routed.MatchString(request.URL.Path) {
		return t.inner.RoundTrip(request)
	}
	// A copy: the SDK repeats the request it has, and it is not ours to change.
	sent := request.Clone(request.Context())
	sent.URL.Scheme, sent.URL.Host, sent.Host = t.base.Scheme, t.base.Host, ""
	prefix := strings.TrimRight(t.base.Path, "/") + "/"
	sent.URL.Path = prefix + strings.TrimLeft(request.URL.Path, "/")
	if request.URL.RawPath != "" {
		sent.URL.RawPath = strings.TrimRight(t.base.EscapedPath(), "/") + "/" + strings.TrimLeft(request.URL.RawPath, "/")
	}
	return t.inner.RoundTrip(sent)
}
