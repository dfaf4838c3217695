package listing_test

import (
	"flag"
	"net/url"
	"testing"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

var benchRows = flag.Int("rows", 200_000, "how many jobs the board of the benchmark has")

// BenchmarkLists reads the first page, with the total, of lists that people ask for at PocketBase's own door:
//
//	go test ./internal/listing -run '^$' -bench Lists -benchtime 5x [-rows 1000000]
func BenchmarkLists(b *testing.B) {
	c := newCrowd(b, *benchRows)
	c.execute(b, "ANALYZE")
	for _, list := range []struct{ collection, query string }{
		{collections.Jobs, ""},
		{collections.Jobs, "perPage=5&sort=-publishedAt&expand=employer"},
		{collections.Jobs, "sort=publishedAt"},
		{collections.Jobs, "sort=-created&filter=" + url.QueryEscape(`workplace = "remote" && jobType = "contract"`)},
		{collections.Jobs, "sort=-publishedAt&filter=" + url.QueryEscape(`employer = "e00000000000040"`)},
		{collections.Employers, "sort=name"},
		{collections.JobReviews, "sort=-created"},
		{collections.Applications, "sort=-created&expand=job,seeker"},
		{collections.ApplicationEvents, "sort=-created"},
		{collections.Notifications, "sort=-created"},
		{collections.SavedJobs, "sort=-created&expand=job"},
		{collections.Users, ""},
		{collections.JobSeekers, "sort=-created"},
		{collections.UserReviews, "sort=-created"},
	} {
		for _, who := range []string{"guest", "stranger", "seeker", "owner", "rival", "admin"} {
			token := c.Token(c.people[who])
			b.Run(list.collection+"?"+list.query+"/"+who, func(b *testing.B) {
				for b.Loop() {
					if got := c.CallWithToken(token, "GET", testapp.Records(list.collection)+"?"+list.query, nil); got.Status != 200 {
						b.Fatalf("%d %s", got.Status, got.Raw)
					}
				}
			})
		}
	}
}
