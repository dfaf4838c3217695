package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jobboard/collections"
	"jobboard/internal/api"
	"jobboard/internal/events"
	"jobboard/internal/testapp"
)

// attempt is a call of a row: what its path and body refer to.
type attempt struct {
	ids   []string // in the path, in its order
	query string
	body  any
	seen  string // what is in the answers to those who may see it, and in no others
}

// row is a line of the matrix.
type row struct {
	id   string // of the operation
	what string // tells the rows of one operation apart
	make func(s *scene) attempt
	// cells are the statuses that the actors get, in their order; "see" and "-" are a 200 with and without what is to be seen.
	cells string
}

const (
	open      = "200 200 200 200 200 200 200 200"
	seenByAll = "see see see see see see see see"
	seenByNo  = "- - - - - - - -"
	// ownersAlone is of the seeker's lists that show nobody else anything, but the superuser.
	ownersAlone = "401 see - - - - - see"
)

func nothing(*scene) attempt { return attempt{} }

// matrix is who may do what through the REST API, as the contract says. TestMatrix fails for a route without a row.
var matrix = []row{
	{"registerUser", "", func(s *scene) attempt { return attempt{body: newAccount(s, "role", "employer")} },
		"201 201 201 201 201 201 201 201"},
	{"registerUser", "as admin", func(s *scene) attempt { return attempt{body: newAccount(s, "role", "admin")} },
		"400 400 400 400 400 400 400 400"},
	{"login", "", func(s *scene) attempt {
		return attempt{body: map[string]any{"email": s.seeker().Email(), "password": testapp.Password}}
	}, open},
	{"login", "wrong", func(s *scene) attempt {
		return attempt{body: map[string]any{"email": s.seeker().Email(), "password": "wrong"}}
	}, "400 400 400 400 400 400 400 400"},
	{"logout", "", nothing, "401 204 204 204 204 204 204 204"},
	{"refreshToken", "", nothing, "401 200 200 200 200 200 200 200"},
	{"requestPasswordReset", "", func(s *scene) attempt { return attempt{body: map[string]any{"email": "nobody@example.com"}} },
		"204 204 204 204 204 204 204 204"},
	{"resetPassword", "", withResetToken, "204 204 204 204 204 204 204 204"},
	{"replacePassword", "token", withResetToken, "204 204 204 204 204 204 204 204"},
	{"changePassword", "token", withResetToken, "204 204 204 204 204 204 204 204"},
	{"changePassword", "own", withOldPassword, "401 204 204 204 204 204 204 204"},
	{"replacePassword", "own", withOldPassword, "401 204 204 204 204 204 204 204"},

	{"listUsers", "", func(s *scene) attempt {
		return attempt{query: "perPage=100&q=" + s.newSeeker().Email(), seen: s.seeker().Id}
	},
		"401 see - - - - see see"},
	{"createUser", "", func(s *scene) attempt { return attempt{body: newAccount(s, "role", "admin")} }, "401 403 403 403 403 403 201 201"},
	{"getUser", "", aboutSeeker, "401 see 404 see see 404 see see"},
	{"replaceUser", "", func(s *scene) attempt {
		return attempt{ids: ids(s.seeker().Id), body: map[string]any{"name": classified}}
	},
		"401 200 404 404 404 404 200 200"},
	{"updateUser", "", func(s *scene) attempt {
		return attempt{ids: ids(s.seeker().Id), body: map[string]any{"name": classified}}
	},
		"401 200 404 404 404 404 200 200"},
	{"deleteUser", "", func(s *scene) attempt { return attempt{ids: ids(s.newSeeker().Id)} }, "401 403 403 403 403 403 204 204"},
	{"deactivateUser", "", func(s *scene) attempt { return attempt{ids: ids(s.newSeeker().Id)} }, "401 200 404 404 404 404 200 200"},
	{"reactivateUser", "", func(s *scene) attempt {
		gone := s.Update(s.Seeker(s.fresh()), map[string]any{"deactivatedAt": "2026-01-01 00:00:00.000Z"})
		return attempt{ids: ids(gone.Id)}
	}, "401 403 403 403 403 403 200 200"},
	{"changeUserRole", "", func(s *scene) attempt {
		return attempt{ids: ids(s.newSeeker().Id), body: map[string]any{"role": "employer"}}
	},
		"401 403 403 403 403 403 200 200"},

	{"listJobs", "published", func(s *scene) attempt { return seenJob(s, s.published().Id, "") }, seenByAll},
	{"listJobs", "draft", func(s *scene) attempt { return seenJob(s, s.draft().Id, "") }, seenByNo},
	{"listJobs", "draft, mine", func(s *scene) attempt { return seenJob(s, s.draft().Id, "mine=1") }, "401 - - see see - - -"},
	{"listJobs", "draft, by filter", func(s *scene) attempt { return seenJob(s, s.draft().Id, "filter=title!=''") }, seenByNo},
	{"listJobs", "draft, mine by filter", func(s *scene) attempt { return seenJob(s, s.draft().Id, "mine=1&filter=title!=''") },
		"401 - - see see - - -"},
	{"searchJobs", "published", func(s *scene) attempt { return seenJob(s, s.published().Id, "sort=newest") }, seenByAll},
	{"searchJobs", "closed", func(s *scene) attempt { return seenJob(s, s.closed().Id, "sort=newest&employer="+s.acme.Id) }, seenByNo},
	{"suggestJobs", "published", func(s *scene) attempt {
		job := s.published()
		return attempt{query: "q=" + job.GetString("title"), seen: job.GetString("title")}
	}, seenByAll},
	{"suggestJobs", "draft", func(s *scene) attempt { s.draft(); return attempt{query: "q=" + classified, seen: classified} }, seenByNo},
	{"createJob", "", func(s *scene) attempt { return attempt{body: job(s)} }, "401 403 403 201 201 400 201 201"},
	{"getJob", "published", func(s *scene) attempt { job := s.published(); return attempt{ids: ids(job.Id), seen: job.Id} }, seenByAll},
	{"getJob", "draft", aboutDraft, "404 404 404 see see 404 see see"},
	{"getJob", "closed", func(s *scene) attempt { job := s.closed(); return attempt{ids: ids(job.Id), seen: job.Id} },
		"404 see 404 see see 404 see see"},
	{"replaceJob", "", func(s *scene) attempt { return attempt{ids: ids(s.draft().Id), body: without(job(s), "employer")} },
		"401 403 403 200 200 404 200 200"},
	{"updateJob", "", func(s *scene) attempt {
		return attempt{ids: ids(s.draft().Id), body: map[string]any{"title": classified}}
	},
		"401 403 403 200 200 404 200 200"},
	{"listSimilarJobs", "", aDraft, "404 404 404 200 200 404 200 200"},
	{"getJobPosting", "draft", aboutDraft, "404 404 404 404 404 404 404 404"},
	{"getJobPosting", "published", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, open},
	{"getJobPosting", "closed", func(s *scene) attempt { return attempt{ids: ids(s.closed().Id)} }, "404 200 404 200 200 404 200 200"},
	{"duplicateJob", "", aDraft, "401 403 403 201 201 404 201 201"},
	{"duplicateJob", "published", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, "401 403 403 201 201 404 201 201"},
	{"renewJob", "", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, "401 403 403 200 200 404 200 200"},
	{"renewJob", "closed", func(s *scene) attempt { return attempt{ids: ids(s.closed().Id)} }, "401 403 403 200 200 404 200 200"},
	{"renewJob", "draft", aDraft, "401 403 403 400 400 404 400 400"},
	{"followApplyLink", "on the board", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, open},
	{"followApplyLink", "elsewhere", func(s *scene) attempt {
		return attempt{ids: ids(s.Job(s.acme, s.fresh(), map[string]any{"applyMethod": "url", "applyUrl": "https://acme.example"}).Id)}
	}, open},
	{"followApplyLink", "by e-mail", func(s *scene) attempt {
		return attempt{ids: ids(s.Job(s.acme, s.fresh(), map[string]any{"applyMethod": "email", "applyEmail": classified + "@acme.example"}).Id),
			seen: classified}
	}, "401 see see see see 403 see see"},
	{"followApplyLink", "draft", func(s *scene) attempt { return attempt{ids: ids(s.draft().Id)} }, "404 404 404 400 400 404 400 400"},
	{"followApplyLink", "closed", func(s *scene) attempt { return attempt{ids: ids(s.closed().Id)} }, "404 400 404 400 400 404 400 400"},
	{"getJobStats", "", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, "401 403 403 200 200 404 200 200"},
	{"getJobStats", "draft", func(s *scene) attempt { return attempt{ids: ids(s.draft().Id)} }, "401 403 403 200 200 404 200 200"},
	{"publishJob", "", aDraft, "401 403 403 200 200 404 200 200"},
	{"closeJob", "", func(s *scene) attempt { return attempt{ids: ids(s.published().Id)} }, "401 403 403 200 200 404 200 200"},
	{"closeJob", "permanent", func(s *scene) attempt { return attempt{ids: ids(s.draft().Id), query: "permanent=1"} },
		"401 403 403 204 204 404 204 204"},

	{"apply", "", func(s *scene) attempt {
		return attempt{ids: ids(s.published().Id), body: map[string]any{"coverLetter": "Hello"}}
	},
		"401 201 201 403 403 403 403 400"}, // a superuser is nobody's seeker
	{"apply", "draft", func(s *scene) attempt { return attempt{ids: ids(s.draft().Id), body: map[string]any{}} },
		"401 404 404 403 403 403 403 400"},
	{"listJobApplications", "", func(s *scene) attempt { a := s.application(); return attempt{ids: ids(a.GetString("job")), seen: a.Id} },
		"401 403 403 see see 404 see see"},
	{"getApplication", "", aboutApplication(nil), "401 200 404 200 200 404 200 200"},
	{"changeApplicationStatus", "forward", aboutApplication(map[string]any{"status": "in_review"}), "401 400 404 200 200 404 200 200"},
	{"changeApplicationStatus", "withdraw", aboutApplication(map[string]any{"status": "withdrawn"}), "401 200 404 400 400 404 400 200"},
	{"listUserApplications", "", func(s *scene) attempt { return attempt{ids: ids(s.newSeeker().Id), seen: `"seeker":"` + s.seeker().Id} },
		"401 see 404 see see 404 see see"},
	{"withdrawApplication", "", func(s *scene) attempt { return attempt{ids: ids(s.seeker().Id, s.application().Id)} },
		"401 200 404 403 403 403 403 200"},

	{"listSavedJobs", "", func(s *scene) attempt { return attempt{query: "perPage=100", seen: s.savedJob().Id} }, ownersAlone},
	{"listSavedJobs", "of a job", func(s *scene) attempt {
		saved := s.savedJob()
		return attempt{query: "job=" + saved.GetString("job"), seen: saved.Id}
	}, ownersAlone},
	{"saveJob", "", func(s *scene) attempt { return attempt{body: map[string]any{"job": s.published().Id}} },
		"401 201 201 403 403 403 403 400"}, // a superuser is nobody's seeker
	{"saveJob", "again", func(s *scene) attempt { return attempt{body: map[string]any{"job": s.savedJob().GetString("job")}} },
		"401 200 201 403 403 403 403 400"},
	{"saveJob", "draft", func(s *scene) attempt { return attempt{body: map[string]any{"job": s.draft().Id}} },
		"401 400 400 403 403 403 403 400"},
	{"getSavedJob", "", func(s *scene) attempt { saved := s.savedJob(); return attempt{ids: ids(saved.Id), seen: saved.Id} },
		"401 see 404 404 404 404 404 see"},
	{"deleteSavedJob", "", func(s *scene) attempt { return attempt{ids: ids(s.savedJob().Id)} }, "401 204 404 404 404 404 404 204"},
	{"listSavedSearches", "", func(s *scene) attempt { return attempt{query: "perPage=100", seen: s.savedSearch().Id} }, ownersAlone},
	{"saveSearch", "", func(s *scene) attempt {
		return attempt{body: map[string]any{"name": "Go", "query": map[string]any{"q": "go"}}}
	}, "401 201 201 403 403 403 403 400"},
	{"getSavedSearch", "", func(s *scene) attempt { saved := s.savedSearch(); return attempt{ids: ids(saved.Id), seen: saved.Id} },
		"401 see 404 404 404 404 404 see"},
	{"updateSavedSearch", "", func(s *scene) attempt {
		return attempt{ids: ids(s.savedSearch().Id), body: map[string]any{"frequency": "off"}}
	}, "401 200 404 404 404 404 404 200"},
	{"deleteSavedSearch", "", func(s *scene) attempt { return attempt{ids: ids(s.savedSearch().Id)} },
		"401 204 404 404 404 404 404 204"},

	{"listNotifications", "", func(s *scene) attempt { n := s.notification(); return attempt{ids: ids(s.seeker().Id), seen: n.Id} },
		"401 see 404 404 404 404 404 see"},
	{"markAllNotificationsRead", "", func(s *scene) attempt { s.notification(); return attempt{ids: ids(s.seeker().Id)} },
		"401 200 404 404 404 404 404 200"},
	{"updateNotification", "", func(s *scene) attempt { return attempt{ids: ids(s.seeker().Id, s.notification().Id)} },
		"401 200 404 404 404 404 404 200"},
	{"deleteNotification", "", func(s *scene) attempt { return attempt{ids: ids(s.seeker().Id, s.notification().Id)} },
		"401 204 404 404 404 404 404 204"},

	{"listCandidates", "", func(s *scene) attempt { return attempt{query: "perPage=100", seen: `"user":"` + s.newSeeker().Id} },
		"401 403 403 see see - see see"},
	{"listRecommendations", "", func(s *scene) attempt { return attempt{ids: ids(s.seeker().Id)} }, "401 200 404 403 403 403 200 200"},
	{"listJobReviews", "visible", func(s *scene) attempt { return reviewOfJob(s, "visible") }, seenByAll},
	{"listJobReviews", "hidden", func(s *scene) attempt { return reviewOfJob(s, "hidden") }, "- see - - - - see see"},
	{"reviewJob", "", func(s *scene) attempt {
		return attempt{ids: ids(s.application().GetString("job")), body: map[string]any{"rating": 4}}
	},
		"401 201 400 403 403 403 403 400"},
	{"listUserReviews", "", func(s *scene) attempt { r := s.userReview(); return attempt{ids: ids(s.seeker().Id), seen: r.Id} },
		"401 see 404 see see 404 see see"},
	{"reviewUser", "", func(s *scene) attempt {
		return attempt{ids: ids(s.seeker().Id), body: map[string]any{"rating": 4, "application": s.application().Id}}
	}, "401 400 400 201 201 400 403 400"},
	{"listEmployers", "", func(s *scene) attempt { return attempt{seen: s.acme.Id, query: "q=Acme"} }, seenByAll},
	{"listEmployers", "mine", func(s *scene) attempt { return attempt{seen: s.acme.Id, query: "mine=1&perPage=100"} },
		"401 - - see see - - -"},
	{"createEmployer", "", func(s *scene) attempt { return attempt{body: map[string]any{"name": s.fresh()}} },
		"401 403 403 201 201 201 201 400"}, // a superuser is nobody's owner
	{"getEmployer", "", func(s *scene) attempt { return attempt{ids: ids(s.acme.Id), seen: s.acme.Id} }, seenByAll},
	{"updateEmployer", "", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.Id), body: map[string]any{"about": "<p>We</p>"}}
	},
		"401 403 403 200 200 404 200 200"},
	{"deleteEmployer", "", func(s *scene) attempt {
		founded := s.Record(collections.Employers,
			map[string]any{"owner": s.people["owner"].Id, "members": []string{s.people["member"].Id}, "name": s.fresh()})
		return attempt{ids: ids(founded.Id)}
	}, "401 403 403 204 404 404 204 204"},
	{"listEmployerJobs", "published", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.Id), query: "sort=newest", seen: s.published().Id}
	}, seenByAll},
	{"listEmployerJobs", "draft", func(s *scene) attempt { return attempt{ids: ids(s.acme.Id), query: "mine=1", seen: s.draft().Id} },
		"401 - - see see - - -"},
	{"listEmployerReviews", "", func(s *scene) attempt { r := s.jobReview("visible"); return attempt{ids: ids(s.acme.Id), seen: r.Id} },
		seenByAll},
	{"listEmployerReviews", "hidden", func(s *scene) attempt {
		r := s.jobReview("hidden")
		return attempt{ids: ids(s.acme.Id), seen: r.Id}
	},
		"- see - - - - see see"},

	{"listGreenhouseJobs", "published", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.GetString("slug")), seen: s.published().Id}
	}, seenByAll},
	{"listGreenhouseJobs", "draft", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.GetString("slug")), query: "content=1", seen: s.draft().Id}
	}, seenByNo},
	{"getGreenhouseJob", "published", func(s *scene) attempt {
		job := s.published()
		return attempt{ids: ids(s.acme.GetString("slug"), job.Id), seen: job.Id}
	}, seenByAll},
	{"getGreenhouseJob", "draft", func(s *scene) attempt { return attempt{ids: ids(s.acme.GetString("slug"), s.draft().Id)} },
		"404 404 404 404 404 404 404 404"},
	{"listLeverPostings", "published", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.GetString("slug")), seen: s.published().Id}
	}, seenByAll},
	{"listLeverPostings", "draft", func(s *scene) attempt {
		return attempt{ids: ids(s.acme.GetString("slug")), seen: s.draft().Id}
	}, seenByNo},
	{"getLeverPosting", "published", func(s *scene) attempt {
		job := s.published()
		return attempt{ids: ids(s.acme.GetString("slug"), job.Id), seen: job.Id}
	}, seenByAll},
	{"getLeverPosting", "draft", func(s *scene) attempt { return attempt{ids: ids(s.acme.GetString("slug"), s.draft().Id)} },
		"404 404 404 404 404 404 404 404"},

	{"listReports", "", func(s *scene) attempt { return attempt{seen: s.report().Id} }, "401 403 403 403 403 403 see see"},
	{"createReport", "", func(s *scene) attempt { return attempt{body: map[string]any{"kind": "users", "format": "csv"}} },
		"401 403 403 403 403 403 201 201"},
	{"checkBoard", "", nothing, "401 403 403 403 403 403 200 200"},
	{"getReportSummary", "", nothing, "401 403 403 403 403 403 200 200"},
	{"getReport", "", func(s *scene) attempt { r := s.report(); return attempt{ids: ids(r.Id), seen: r.Id} },
		"401 403 403 403 403 403 see see"},
	{"downloadReport", "not done", func(s *scene) attempt { return attempt{ids: ids(s.failedReport())} },
		"401 403 403 403 403 403 404 404"},

	{"listEvents", "published job", func(s *scene) attempt { return s.newEvents(func() string { return s.published().Id }) }, seenByAll},
	{"listEvents", "draft", func(s *scene) attempt {
		return s.newEvents(func() string { return s.Update(s.draft(), map[string]any{"title": classified}).Id })
	}, seenByNo},
	{"listEvents", "application", func(s *scene) attempt { return s.newEvents(func() string { return s.application().Id }) },
		"- see - see see - see see"},
	{"listEvents", "visible review", func(s *scene) attempt { return s.newEvents(func() string { return s.jobReview("visible").Id }) },
		seenByAll},
	{"listEvents", "hidden review", func(s *scene) attempt { return s.newEvents(func() string { return s.jobReview("hidden").Id }) },
		"- see - - - - see see"},
	{"listEvents", "review of a person", func(s *scene) attempt { return s.newEvents(func() string { return s.userReview().Id }) },
		"- see - see see - see see"},

	{"listWebhooks", "", func(s *scene) attempt { return attempt{query: "perPage=100", seen: s.webhook(s.acme).Id} },
		"401 403 403 see see - see see"},
	{"createWebhook", "", func(s *scene) attempt {
		return attempt{body: map[string]any{"employer": s.acme.Id, "url": "https://hooks.example/in"}}
	}, "401 403 403 201 201 400 201 201"},
	{"getWebhook", "", func(s *scene) attempt { w := s.webhook(s.acme); return attempt{ids: ids(w.Id), seen: w.Id} },
		"401 403 403 see see 404 see see"},
	{"getWebhook", "the board's", func(s *scene) attempt {
		w := s.Record(collections.WebhookEndpoints, map[string]any{"url": "https://hooks.example/in"})
		return attempt{ids: ids(w.Id), seen: w.Id}
	}, "401 403 403 404 404 404 see see"},
	{"updateWebhook", "", func(s *scene) attempt {
		return attempt{ids: ids(s.webhook(s.acme).Id), body: map[string]any{"types": []string{"job.closed"}}}
	}, "401 403 403 200 200 404 200 200"},
	{"deleteWebhook", "", func(s *scene) attempt { return attempt{ids: ids(s.webhook(s.acme).Id)} }, "401 403 403 204 204 404 204 204"},
	{"testWebhook", "", func(s *scene) attempt { return attempt{ids: ids(s.webhook(s.acme).Id)} }, "401 403 403 200 200 404 200 200"},
	{"rotateWebhook", "", func(s *scene) attempt { return attempt{ids: ids(s.webhook(s.acme).Id)} }, "401 403 403 200 200 404 200 200"},
	{"listWebhookDeliveries", "", func(s *scene) attempt {
		d := s.delivery(s.acme)
		return attempt{ids: ids(d.GetString("endpoint")), seen: d.Id}
	}, "401 403 403 see see 404 see see"},
	{"redeliverWebhook", "", func(s *scene) attempt {
		d := s.delivery(s.acme)
		return attempt{ids: ids(d.GetString("endpoint"), d.Id)}
	}, "401 403 403 200 200 404 200 200"},

	{"getOpenAPI", "", nothing, open},
	{"browseDocs", "", nothing, open},
	{"getDocsAsset", "", func(*scene) attempt { return attempt{ids: ids("swagger-ui.css")} }, open},
	{"listAPIKeys", "", func(s *scene) attempt { key := s.apiKey(); return attempt{query: "perPage=100", seen: key.Id} },
		"401 403 403 see see - see see"},
	{"createAPIKey", "", func(s *scene) attempt {
		return attempt{body: map[string]any{"employer": s.acme.Id, "name": classified, "scopes": []string{"jobs:read"}}}
	}, "401 403 403 201 201 400 201 201"},
	{"createAPIKey", "of the board", func(*scene) attempt {
		return attempt{body: map[string]any{"name": classified, "scopes": []string{"jobs:read"}}}
	}, "401 403 403 400 400 400 201 201"},
	{"getAPIKey", "", func(s *scene) attempt { key := s.apiKey(); return attempt{ids: ids(key.Id), seen: key.Id} },
		"401 403 403 see see 404 see see"},
	{"updateAPIKey", "", func(s *scene) attempt {
		return attempt{ids: ids(s.apiKey().Id), body: map[string]any{"name": classified}}
	}, "401 403 403 200 200 404 200 200"},
	{"deleteAPIKey", "", func(s *scene) attempt { return attempt{ids: ids(s.apiKey().Id)} }, "401 403 403 204 204 404 204 204"},

	{"leadToAdmin", "", nothing, "302 302 302 302 302 302 302 302"},
}

func ids(list ...string) []string { return list }

func newAccount(s *scene, key, value string) map[string]any {
	return map[string]any{"email": s.fresh() + "@example.com", "name": "New", "password": testapp.Password,
		"passwordConfirm": testapp.Password, key: value}
}

func job(s *scene) map[string]any {
	return map[string]any{"employer": s.acme.Id, "title": s.fresh(), "description": "<p>Do</p>", "workplace": "remote",
		"jobType": "full_time"}
}

func without(body map[string]any, key string) map[string]any {
	delete(body, key)
	return body
}

func withResetToken(s *scene) attempt {
	token, err := s.newSeeker().NewPasswordResetToken()
	if err != nil {
		s.t.Fatal(err)
	}
	return attempt{body: map[string]any{"token": token, "password": testapp.Password, "passwordConfirm": testapp.Password}}
}

func withOldPassword(*scene) attempt {
	return attempt{body: map[string]any{"oldPassword": testapp.Password, "password": testapp.Password, "passwordConfirm": testapp.Password}}
}

func aboutSeeker(s *scene) attempt { return attempt{ids: ids(s.seeker().Id), seen: s.seeker().Id} }

func aboutDraft(s *scene) attempt {
	job := s.draft()
	return attempt{ids: ids(job.Id), seen: job.Id}
}

func aDraft(s *scene) attempt { return attempt{ids: ids(s.draft().Id)} }

func aboutApplication(body any) func(s *scene) attempt {
	return func(s *scene) attempt {
		a := s.application()
		return attempt{ids: ids(a.GetString("job"), a.Id), body: body}
	}
}

// newEvents asks for the events since make made something, whose id is to be seen.
func (s *scene) newEvents(make func() string) attempt {
	before, err := events.Kept(s.TestApp)
	if err != nil {
		s.t.Fatal(err)
	}
	id := make()
	return attempt{query: fmt.Sprint("since=", before.Last), seen: id}
}

func seenJob(_ *scene, id, query string) attempt {
	return attempt{query: query + "&perPage=100", seen: id}
}

func reviewOfJob(s *scene, status string) attempt {
	review := s.jobReview(status)
	return attempt{ids: ids(review.GetString("job")), seen: review.Id}
}

// TestMatrix calls each route as each actor, with and without a slash at the end. What is refused writes nothing and reveals nothing.
//
// All rows share a board, but not the seeker. An attempt is made anew only after a call that may have changed what it refers to.
func TestMatrix(t *testing.T) {
	lines := map[string]api.Line{}
	for _, line := range api.Lines() {
		lines[line.ID] = line
	}
	rowed := map[string]bool{}
	calls := 0
	s := newScene(t)
	for _, row := range matrix {
		line, ok := lines[row.id]
		if !ok {
			t.Fatalf("there is no operation %s", row.id)
		}
		rowed[row.id] = true
		t.Run(strings.TrimSuffix(row.id+" "+row.what, " "), func(t *testing.T) {
			s.newSeeker()
			wanted := strings.Fields(row.cells)
			if len(wanted) != len(actors) {
				t.Fatalf("there are %d cells, want %d", len(wanted), len(actors))
			}
			a, usable := attempt{}, false
			for i, actor := range actors {
				for _, slash := range []string{"", "/"} {
					calls++
					if !usable {
						a = row.make(s)
					}
					got := s.try(line, a, actor, slash)
					usable = line.Method == "GET" || strings.HasPrefix(got, "4")
					if got != wanted[i] {
						t.Errorf("%s%s as %s: got %s, want %s", line.Path, slash, actor, got, wanted[i])
					}
				}
			}
		})
	}
	t.Logf("%d rows, %d calls", len(matrix), calls)
	for id := range lines {
		if !rowed[id] {
			t.Errorf("the matrix lacks the operation %s", id)
		}
	}
}

// try makes an attempt as an actor and returns its outcome, in the words of the cells.
func (s *scene) try(line api.Line, a attempt, actor, slash string) string {
	path := fill(line.Path, a.ids...) + slash
	if a.query != "" {
		path += "?" + a.query
	}
	token := s.Token(s.people[actor])
	if line.ID == "logout" {
		token = s.login(actor)
	}
	s.written()
	answer := s.CallWithToken(token, line.Method, path, a.body)
	if answer.Status >= 400 || line.Method == "GET" {
		// A background loop, such as the one that makes a report asked for before, writes now and then. A call that must not
		// write but does would write every time.
		for again := 0; s.written() != 0; again++ {
			if again == 8 {
				return fmt.Sprintf("%d and writes", answer.Status)
			}
			time.Sleep(time.Millisecond << (2 * again)) // 1 ms to 16 s; a call that does not write never needs the last ones
			s.written()
			s.CallWithToken(token, line.Method, path, a.body)
		}
	}
	if answer.Status >= 400 && strings.Contains(answer.Raw, classified) {
		return fmt.Sprintf("%d that reveals %s", answer.Status, answer.Raw)
	}
	if answer.Status != 200 || a.seen == "" {
		return fmt.Sprint(answer.Status)
	}
	if strings.Contains(answer.Raw, a.seen) {
		return "see"
	}
	return "-"
}
