package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/checks"
	"jobboard/internal/cluster"
)

const (
	bucketPatience = 20 * time.Second
	// oldComparison is from when on the last comparison of a copy says little; nodes make one each hour.
	oldComparison = 24 * time.Hour
)

// checkPrivate returns what is wrong with who may read the bucket, nil if nothing is.
func checkPrivate(ctx context.Context, b *bucket.Bucket) *checks.Result {
	key := ".board/trial/" + rand.Text()
	err := b.Put(ctx, key, []byte("1"))
	var public bool
	if err == nil {
		public, err = b.IsPublic(ctx, key)
	}
	switch err := errors.Join(err, b.Delete(context.WithoutCancel(ctx), key)); {
	case err != nil:
		return &checks.Result{Check: "bucket", Level: checks.Warning, Advice: "Try again.",
			Message: "Whether strangers can read the bucket is not known: " + err.Error() + "."}
	case public:
		return &checks.Result{Check: "bucket", Level: checks.Error, Advice: "Make the bucket private at its provider at once.",
			Message: "The bucket can be read without a key. It holds the whole database, with all personal data and the secrets that tokens " +
				"are signed with."}
	}
	return nil
}

// checkBucket checks that the bucket can be used by a cluster, and what the last comparison of each copy has found.
func checkBucket(ctx context.Context, given bucket.Settings) []checks.Result {
	ctx, cancel := context.WithTimeout(ctx, bucketPatience)
	defer cancel()
	reached := checks.Result{Check: "bucket", Level: checks.OK}
	reached.Message = "The bucket " + given.Name + " can be written and honours conditions."
	b, err := bucket.Open(ctx, given)
	if err == nil {
		err = b.Try(ctx, cluster.TrialPrefix)
	}
	if err != nil {
		reached.Level, reached.Message = checks.Error, "The bucket can't be used: "+err.Error()+"."
		reached.Advice = "Check JOBBOARD_BUCKET_ and the S3 server (docs/cluster.md)."
		return []checks.Result{reached}
	}
	results := []checks.Result{reached}
	if public := checkPrivate(ctx, b); public != nil {
		results = append(results, *public)
	}
	compared, err := cluster.Comparisons(ctx, b)
	if err != nil {
		return append(results, checks.Result{Check: "copies", Level: checks.Warning,
			Message: "The comparisons of the copies can't be read: " + err.Error() + ".", Advice: "Try again."})
	}
	for _, one := range compared {
		result := checks.Result{Check: "copies", Level: checks.OK}
		age := time.Since(one.At).Round(time.Minute)
		result.Message = fmt.Sprintf("The copy %s was the same as the leader's at transaction %d, %s ago.", one.Node, one.TXID, age)
		switch {
		case !one.Good():
			result.Level, result.Message = checks.Error, fmt.Sprintf("The copy %s, %s ago: %s.", one.Node, age, one.Problem())
			result.Advice = "The node makes its copy anew; look at its log. For the copy in the bucket, run jobboard verify again."
		case age > oldComparison && one.Node == cluster.Restored:
			result.Level, result.Message = checks.Warning, fmt.Sprintf("The copy in the bucket was last verified %s ago.", age)
			result.Advice = "Run jobboard verify by a timer, once a night."
		}
		results = append(results, result)
	}
	return results
}
