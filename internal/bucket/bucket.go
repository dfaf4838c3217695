// Package bucket reads and writes the objects of an S3 bucket. Everything that it needs is in its settings: it reads no files and no
// variables of AWS's tools, which may mean another account or break the connection.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// Settings say where the bucket is and how to get in.
type Settings struct {
	Name      string
	Endpoint  string // such as https://s3.example.org; "" for AWS
	Region    string
	AccessKey string
	SecretKey string
	PathStyle bool // https://host/bucket/key instead of https://bucket.host/key
}

// Errors of a bucket's methods, for errors.Is.
var (
	ErrNotFound = errors.New("there is no such object")
	ErrExists   = errors.New("the object exists already")
	ErrChanged  = errors.New("the object is not what it was")
)

// Timeouts of one request: a server that does not answer must not hold up a takeover.
const (
	dialTimeout   = 3 * time.Second
	answerTimeout = 20 * time.Second // from the end of the request to the head of the answer
	tries         = 3
	longestWait   = 250 * time.Millisecond // between two tries
)

// Bucket is one bucket. Its methods may be called at the same time.
type Bucket struct {
	settings Settings
	client   *s3.Client
	health   *health
}

// Open checks that the bucket can be reached and may be listed.
func Open(ctx context.Context, settings Settings) (*Bucket, error) {
	b := New(settings)
	_, err := b.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &settings.Name, MaxKeys: aws.Int32(1)})
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s at %s: %w", settings.Name, settings.Endpoint, known(err))
	}
	return b, nil
}

// New returns the bucket without looking whether it is there.
func New(settings Settings) *Bucket {
	transport := awshttp.NewBuildableClient().WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
		WithTransportOptions(func(t *http.Transport) {
			t.ResponseHeaderTimeout = answerTimeout
			t.MaxIdleConnsPerHost = 16
		})
	watched := &health{HTTPClient: transport}
	options := s3.Options{
		Region:       settings.Region,
		UsePathStyle: settings.PathStyle,
		HTTPClient:   watched,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: settings.AccessKey, SecretAccessKey: settings.SecretKey}, nil
		}),
		// A request that failed is tried again soon, or a leader would lose its lease while it waits.
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff, o.RateLimiter = tries, longestWait, ratelimit.None
		}),
		// Not every server knows AWS's newer checksums.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if settings.Endpoint != "" {
		options.BaseEndpoint = aws.String(settings.Endpoint)
	}
	return &Bucket{settings: settings, client: s3.New(options), health: watched}
}

// Settings returns what the bucket was opened with.
func (b *Bucket) Settings() Settings { return b.settings }

// known adds the package's error to one of the server's, where there is one for it.
func known(err error) error {
	var answer interface{ HTTPStatusCode() int }
	status := 0
	if errors.As(err, &answer) {
		status = answer.HTTPStatusCode()
	}
	var api smithy.APIError
	code := ""
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	switch {
	case err == nil:
		return nil
	case code == "NoSuchBucket": // an error of its own: the bucket's objects may be anywhere
		return err
	case status == http.StatusNotFound || code == "NoSuchKey" || code == "NotFound":
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case status == http.StatusPreconditionFailed, code == "PreconditionFailed",
		status == http.StatusConflict && code == "ConditionalRequestConflict": // AWS, while another request writes the object
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return err
}
