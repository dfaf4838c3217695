package command

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/internal/bucket"
	"jobboard/internal/bucket/buckettest"
	"jobboard/internal/checks"
	"jobboard/internal/cluster"
)

func TestDoctorLooksAtTheBucket(t *testing.T) {
	settings := buckettest.Start(t)
	b := bucket.New(settings)
	now := time.Now()
	for _, comparison := range []cluster.Comparison{
		{Node: "one", Leader: "two", At: now.Add(-30 * time.Hour), TXID: 7},
		{Node: "restored", At: now.Add(-30 * time.Hour), TXID: 7},
		{Node: "two", Leader: "one", At: now, TXID: 9, Differences: []string{"jobs"}},
	} {
		if err := comparison.Save(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	look := func() (levels []string) {
		for _, result := range checkBucket(t.Context(), settings) {
			levels = append(levels, fmt.Sprint(result.Check, " ", result.Level))
		}
		return levels
	}
	want := []string{"bucket ok", "copies ok", "copies warning", "copies error"}
	if got := look(); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	settings.Name = "another"
	if got := look(); !slices.Equal(got, []string{"bucket error"}) {
		t.Errorf("of a bucket that is not there: %v", got)
	}
}

func TestDoctorFindsAPublicBucket(t *testing.T) {
	settings, _ := buckettest.Behind(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Authorization", "anybody")
			next.ServeHTTP(w, r)
		})
	})
	results := checkBucket(t.Context(), settings)
	if len(results) != 2 || results[1].Level != checks.Error || !strings.Contains(results[1].Message, "without a key") {
		t.Errorf("of a bucket that anybody can read: %+v", results)
	}
}
