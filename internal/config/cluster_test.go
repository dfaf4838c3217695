package config_test

import (
	"strings"
	"testing"
)

func TestWrongBucketsAreRefused(t *testing.T) {
	bucket := []string{"JOBBOARD_BUCKET_NAME=jobs", "JOBBOARD_BUCKET_ACCESS_KEY=key", "JOBBOARD_BUCKET_SECRET_KEY=secret"}
	if _, err := load(nil, bucket...); err != nil {
		t.Errorf("a bucket with its keys: %v", err)
	}
	for wrong, named := range map[string]string{
		"JOBBOARD_BUCKET_NAME=Jobs":                       "JOBBOARD_BUCKET_NAME",
		"JOBBOARD_BUCKET_ENDPOINT=s3.example.org":         "JOBBOARD_BUCKET_ENDPOINT",
		"JOBBOARD_BUCKET_ENDPOINT=https://example.org/s3": "JOBBOARD_BUCKET_ENDPOINT",
		"JOBBOARD_NODE_URL=10.0.0.2:8090":                 "JOBBOARD_NODE_URL",
		"JOBBOARD_CLUSTER_WRITES=fast":                    "JOBBOARD_CLUSTER_WRITES",
	} {
		_, err := load(nil, append(bucket[1:3:3], "JOBBOARD_BUCKET_NAME=jobs", wrong)...)
		if err == nil || !strings.Contains(err.Error(), named) {
			t.Errorf("%s: %v, want an error about %s", wrong, err, named)
		}
	}
	for i := 1; i <= 2; i++ {
		name, _, _ := strings.Cut(bucket[i], "=")
		if _, err := load(nil, bucket[0], bucket[3-i]); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
