package bucket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

const trials = 5

var errIgnored = errors.New("several nodes would overwrite each other's transactions. " +
	"Use a bucket of a server that supports conditional writes, such as AWS S3, MinIO, Ceph or Cloudflare R2")

// Try checks that the server honours the conditions on which nodes of a cluster rely: an object can be created once, and replaced only
// by whoever knows what it was. It writes objects below prefix and deletes them. A request whose answer is lost is sent again and then
// refused, so one failure proves nothing.
func (b *Bucket) Try(ctx context.Context, prefix string) error {
	for n := 1; ; n++ {
		err := b.try(ctx, prefix+rand.Text())
		if err == nil || errors.Is(err, errIgnored) || n == trials {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(n) * 100 * time.Millisecond):
		}
	}
}

func (b *Bucket) try(ctx context.Context, key string) (err error) {
	defer func() { err = errors.Join(err, b.Delete(ctx, key)) }()
	first, err := b.Create(ctx, key, []byte("1"), nil)
	if err != nil {
		return fmt.Errorf("try to create an object: %w", err)
	}
	ignored := func(condition string) error {
		return fmt.Errorf("the server of the bucket %s ignores %s: %w", b.settings.Name, condition, errIgnored)
	}
	if _, err := b.Create(ctx, key, []byte("2"), nil); err == nil {
		return ignored("If-None-Match")
	} else if !errors.Is(err, ErrExists) {
		return fmt.Errorf("try to create an object twice: %w", err)
	}
	second, err := b.Replace(ctx, key, []byte("3"), first)
	if err != nil {
		return fmt.Errorf("try to replace an object: %w", err)
	}
	if _, err := b.Replace(ctx, key, []byte("4"), first); err == nil {
		return ignored("If-Match")
	} else if !errors.Is(err, ErrChanged) {
		return fmt.Errorf("try to replace an object that has changed: %w", err)
	}
	data, object, err := b.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read the object of the trial: %w", err)
	}
	if string(data) != "3" || object.ETag != second {
		return fmt.Errorf("the server of the bucket %s returns another object than was written", b.settings.Name)
	}
	return nil
}
