package overload

import (
	"net/http/httptest"
	"testing"
)

func TestClassify(t *testing.T) {
	for request, want := range map[[2]string]class{
		{"GET", "/api/health"}:                                      free,
		{"GET", "/api/realtime"}:                                    free,
		{"POST", "/api/realtime"}:                                   free,
		{"OPTIONS", "/api/collections/jobs/records"}:                free,
		{"GET", "/_/index.html"}:                                    free,
		{"GET", "/api/collections/jobs/records"}:                    reads,
		{"HEAD", "/api/jobs/x/"}:                                    reads,
		{"GET", "/api/users/x"}:                                     reads,
		{"GET", "/api/reports/"}:                                    reads,
		{"GET", "/"}:                                                heavy,
		{"GET", "/jobs"}:                                            heavy,
		{"GET", "/jobs/abc/backend-developer"}:                      heavy,
		{"GET", "/feed.xml"}:                                        heavy,
		{"GET", "/feed.json"}:                                       heavy,
		{"GET", "/feed/indeed.xml"}:                                 crawls,
		{"GET", "/sitemap.xml"}:                                     crawls,
		{"GET", "/sitemaps/jobs-1.xml"}:                             crawls,
		{"GET", "/pictures/abc.png"}:                                crawls,
		{"GET", "/robots.txt"}:                                      reads,
		{"GET", "/developers"}:                                      reads,
		{"GET", "/assets/0123456789ab/site/base.css"}:               free,
		{"POST", "/account/verify"}:                                 writes,
		{"POST", "/account/reset"}:                                  passwords,
		{"GET", "/api/jobs/"}:                                       heavy,
		{"GET", "/api/jobs/x/similar/"}:                             heavy,
		{"GET", "/api/employers/x/jobs/"}:                           heavy,
		{"GET", "/api/compat/lever/postings/acme"}:                  heavy,
		{"GET", "/api/candidates"}:                                  heavy,
		{"GET", "/api/users/x/recommendations/"}:                    heavy,
		{"POST", "/api/jobs/"}:                                      writes,
		{"POST", "/api/batch"}:                                      writes,
		{"PATCH", "/api/collections/jobs/records/x"}:                writes,
		{"POST", "/api/users/x/notifications/mark-all-read/"}:       writes,
		{"POST", "/api/users/auth/logout/"}:                         writes,
		{"POST", "/api/users/auth/login/"}:                          passwords,
		{"POST", "/api/users/auth/register/"}:                       passwords,
		{"POST", "/api/users/"}:                                     passwords,
		{"PUT", "/api/users/auth/password/change"}:                  passwords,
		{"PATCH", "/api/users/x/"}:                                  passwords,
		{"POST", "/api/collections/users/auth-with-password"}:       passwords,
		{"POST", "/api/collections/_superusers/auth-with-password"}: passwords,
		{"POST", "/api/collections/users/records"}:                  passwords,
		{"PATCH", "/api/collections/users/records/x"}:               passwords,
		{"GET", "/api/reports/summary/"}:                            reports,
		{"POST", "/api/reports/"}:                                   reports,
		{"POST", "/api/collections/reports/records"}:                reports,
	} {
		if got := classify(httptest.NewRequest(request[0], request[1], nil)); got != want {
			t.Errorf("%v: got %q, want %q", request, got, want)
		}
	}
	upload := httptest.NewRequest("POST", "/api/jobs/x/applications/", nil)
	upload.ContentLength = 100_000
	if got := classify(upload); got != uploads {
		t.Errorf("a large body: got %q", got)
	}
}
