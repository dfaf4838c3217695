package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Object is what the bucket knows of an object. Lists say nothing of its metadata.
type Object struct {
	Key      string
	Size     int64
	ETag     string
	Modified time.Time
	Meta     map[string]string // names in lower case
}

// Put writes an object, whatever was there before.
func (b *Bucket) Put(ctx context.Context, key string, data []byte) error {
	_, err := b.put(ctx, key, data, &s3.PutObjectInput{})
	return err
}

// Create writes an object with its metadata unless there is one: then it returns ErrExists. After any other error the object may have
// been written all the same.
func (b *Bucket) Create(ctx context.Context, key string, data []byte, meta map[string]string) (etag string, err error) {
	etag, err = b.put(ctx, key, data, &s3.PutObjectInput{IfNoneMatch: aws.String("*"), Metadata: meta})
	if errors.Is(err, ErrChanged) {
		return "", fmt.Errorf("%w: %w", ErrExists, err)
	}
	return etag, err
}

// Replace writes an object that still has the entity tag, or returns ErrChanged. After any other error it may have been written.
func (b *Bucket) Replace(ctx context.Context, key string, data []byte, etag string) (replaced string, err error) {
	replaced, err = b.put(ctx, key, data, &s3.PutObjectInput{IfMatch: aws.String(etag)})
	if errors.Is(err, ErrNotFound) { // what some servers say of If-Match without an object
		return "", fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return replaced, err
}

// CreateFile is Create for content that is read from a file or the like.
func (b *Bucket) CreateFile(ctx context.Context, key string, content io.ReadSeeker, size int64, meta map[string]string) error {
	var err error
	input := &s3.PutObjectInput{Key: &key, Body: content, IfNoneMatch: aws.String("*"), Metadata: meta}
	if size <= maxPut {
		_, err = b.send(ctx, key, size, input)
	} else {
		err = b.upload(ctx, input)
	}
	if errors.Is(err, ErrChanged) {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	return err
}

const maxPut = 4 << 30 // S3 takes 5 GiB at once

func (b *Bucket) put(ctx context.Context, key string, data []byte, input *s3.PutObjectInput) (etag string, err error) {
	input.Body = bytes.NewReader(data)
	return b.send(ctx, key, int64(len(data)), input)
}

func (b *Bucket) send(ctx context.Context, key string, size int64, input *s3.PutObjectInput) (etag string, err error) {
	input.Bucket, input.Key, input.ContentLength = &b.settings.Name, &key, &size
	output, err := b.client.PutObject(ctx, input)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", key, known(err))
	}
	return aws.ToString(output.ETag), nil
}

// Upload writes an object of any size, in parts, whatever was there before.
func (b *Bucket) Upload(ctx context.Context, key string, r io.Reader, meta map[string]string) error {
	return b.upload(ctx, &s3.PutObjectInput{Key: &key, Body: r, Metadata: meta})
}

func (b *Bucket) upload(ctx context.Context, input *s3.PutObjectInput) error {
	input.Bucket = &b.settings.Name
	uploader := manager.NewUploader(b.client, func(u *manager.Uploader) {
		u.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		u.PartSize = partSize
		u.Concurrency = partsAtOnce
	})
	if _, err := uploader.Upload(ctx, input); err != nil {
		return fmt.Errorf("upload %s: %w", *input.Key, known(err))
	}
	return nil
}

const (
	partSize    = 16 << 20 // 10,000 of them, the most that S3 takes, are 160 GB
	partsAtOnce = 3        // each is held in memory
)

// Get reads an object.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, Object, error) {
	body, object, err := b.Reader(ctx, key, 0, 0)
	if err != nil {
		return nil, Object{}, err
	}
	data, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil {
		return nil, Object{}, fmt.Errorf("read %s: %w", key, err)
	}
	return data, object, nil
}

// Reader reads an object from an offset on, size bytes of it or, if size is 0, all the rest. The caller closes it.
func (b *Bucket) Reader(ctx context.Context, key string, offset, size int64) (io.ReadCloser, Object, error) {
	input := &s3.GetObjectInput{Bucket: &b.settings.Name, Key: &key}
	switch {
	case size > 0:
		input.Range = aws.String(fmt.Sprintf("bytes=%d-%d", offset, offset+size-1))
	case offset > 0:
		input.Range = aws.String(fmt.Sprintf("bytes=%d-", offset))
	}
	output, err := b.client.GetObject(ctx, input)
	if err != nil {
		return nil, Object{}, fmt.Errorf("read %s: %w", key, known(err))
	}
	return output.Body, Object{
		Key: key, Size: aws.ToInt64(output.ContentLength), ETag: aws.ToString(output.ETag),
		Modified: aws.ToTime(output.LastModified), Meta: output.Metadata,
	}, nil
}

// Head returns what the bucket knows of an object.
func (b *Bucket) Head(ctx context.Context, key string) (Object, error) {
	output, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.settings.Name, Key: &key})
	if err != nil {
		return Object{}, fmt.Errorf("ask about %s: %w", key, known(err))
	}
	return Object{
		Key: key, Size: aws.ToInt64(output.ContentLength), ETag: aws.ToString(output.ETag),
		Modified: aws.ToTime(output.LastModified), Meta: output.Metadata,
	}, nil
}

// List returns the objects whose keys begin with prefix and come after the key after ("": all), in the order of their keys. It asks
// for the next thousand when they are wanted, and ends with an error.
func (b *Bucket) List(ctx context.Context, prefix, after string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		input := &s3.ListObjectsV2Input{Bucket: &b.settings.Name, Prefix: &prefix}
		if after != "" {
			input.StartAfter = &after
		}
		for pages := s3.NewListObjectsV2Paginator(b.client, input); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, fmt.Errorf("list %s: %w", prefix, known(err)))
				return
			}
			for _, o := range page.Contents {
				object := Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)}
				if !yield(object, nil) {
					return
				}
			}
		}
	}
}

const deletedAtOnce = 1_000 // the most that S3 takes

// Delete deletes objects. Those that are not there are no error.
func (b *Bucket) Delete(ctx context.Context, keys ...string) error {
	if len(keys) == 1 {
		_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.settings.Name, Key: &keys[0]})
		if err := known(err); err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("delete %s: %w", keys[0], err)
		}
		return nil
	}
	for len(keys) > 0 {
		some := keys[:min(deletedAtOnce, len(keys))]
		keys = keys[len(some):]
		objects := make([]types.ObjectIdentifier, len(some))
		for i := range some {
			objects[i].Key = &some[i]
		}
		output, err := b.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &b.settings.Name, Delete: &types.Delete{Objects: objects, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return fmt.Errorf("delete %d objects from %s on: %w", len(some), some[0], known(err))
		}
		for _, failed := range output.Errors {
			return fmt.Errorf("delete %s: %s", aws.ToString(failed.Key), aws.ToString(failed.Message))
		}
	}
	return nil
}
