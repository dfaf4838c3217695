package bucket

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// IsPublic reports whether an object can be read without a key, by whoever reaches the server from here.
func (b *Bucket) IsPublic(ctx context.Context, key string) (public bool, err error) {
	signed, err := s3.NewPresignClient(b.client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &b.settings.Name, Key: aws.String(key)})
	if err != nil {
		return false, fmt.Errorf("find the address of %s: %w", key, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, signed.URL, http.NoBody)
	if err != nil {
		return false, fmt.Errorf("ask for %s without a key: %w", key, err)
	}
	request.URL.RawQuery = "" // the signature
	response, err := b.health.Do(request)
	if err != nil {
		return false, fmt.Errorf("ask for %s without a key: %w", key, err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	if closed := response.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return false, fmt.Errorf("ask for %s without a key: %w", key, err)
	}
	return response.StatusCode == http.StatusOK, nil
}
