package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/bucket"
)

// bucketPattern is what S3 allows as the name of a bucket, but for a few reserved forms.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Bucket returns the bucket that is given; false if there is none.
func (c *Config) Bucket() (settings bucket.Settings, given bool) {
	return bucket.Settings{
		Name: c.BucketName, Endpoint: c.BucketEndpoint, Region: c.BucketRegion,
		AccessKey: c.BucketAccessKey, SecretKey: c.BucketSecretKey, PathStyle: c.BucketPathStyle,
	}, c.given["JOBBOARD_BUCKET_NAME"]
}

// uploadedFiles returns PocketBase's settings that make it keep uploaded files in the bucket, where every node finds them.
func (c *Config) uploadedFiles() core.S3Config {
	endpoint := c.BucketEndpoint
	if endpoint == "" {
		endpoint = "https://s3." + c.BucketRegion + ".amazonaws.com"
	}
	return core.S3Config{
		Enabled: true, Bucket: c.BucketName, Region: c.BucketRegion, Endpoint: endpoint,
		AccessKey: c.BucketAccessKey, Secret: c.BucketSecretKey, ForcePathStyle: c.BucketPathStyle,
	}
}

// checkCluster checks what is given of the bucket and of this node.
func (c *Config) checkCluster() []error {
	var wrong []error
	require := func(variable string, ok bool, must string) {
		if c.given[variable] && !ok {
			wrong = append(wrong, fmt.Errorf("%s: must be %s", variable, must))
		}
	}
	require("JOBBOARD_BUCKET_NAME", bucketPattern.MatchString(c.BucketName), "3 to 63 of a-z, 0-9, dots and hyphens")
	require("JOBBOARD_BUCKET_ENDPOINT", isOrigin(c.BucketEndpoint), "a web address without a path, such as https://s3.example.org")
	require("JOBBOARD_NODE_URL", isOrigin(c.NodeURL), "a web address without a path, such as http://10.0.0.2:8090")
	c.ClusterWrites = strings.ToLower(c.ClusterWrites)
	require("JOBBOARD_CLUSTER_WRITES", c.ClusterWrites == "safe" || c.ClusterWrites == "quick", "safe or quick")
	if c.given["JOBBOARD_BUCKET_NAME"] {
		for _, variable := range []string{"JOBBOARD_BUCKET_ACCESS_KEY", "JOBBOARD_BUCKET_SECRET_KEY"} {
			if !c.given[variable] {
				wrong = append(wrong, fmt.Errorf("%s: must be given with JOBBOARD_BUCKET_NAME", variable))
			}
		}
	}
	return wrong
}

// isOrigin reports whether a text is a scheme and a host, and perhaps a port.
func isOrigin(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != "" && address.User == nil &&
		strings.Trim(address.Path, "/") == "" && address.RawQuery == "" && address.Fragment == ""
}
