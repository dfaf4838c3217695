// Package api is the REST API: an Echo app behind PocketBase's router. A call becomes the same record operation that
// PocketBase's own API does, under the caller's token, so that rules, hooks and side effects are the same at both doors.
package api

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// route is one line of the API. The router, the guard, the OpenAPI document and the tests are made from it.
type route struct {
	method    string
	path      string // without the trailing slash, which is optional on every path
	who       who
	id        string // operation id
	does      string // one sentence
	query     []param
	body      payload
	answer    payload
	conflicts clash
	handler   func(c *call) error
}

// clash says when a route answers 409, and what that names; empty where it never does.
type clash struct{ when, field, code string }

var (
	addressTaken = clash{"The address is taken.", "email", problem.NotUnique}
	movedBefore  = clash{"Somebody else has just changed the status.", "status", problem.ChangedMeanwhile}
	slugTaken    = clash{"The slug is taken.", "slug", problem.NotUnique}
)

// payload is what a request or an answer carries.
type payload struct {
	status int
	schema string // name in components.schemas, "" for nothing
	list   bool   // the list shape around schema
	media  string // other than JSON
	files  bool   // a form with files may be sent instead
	// also is a second status with the same schema.
	also int
	text string
}

func takes(schema string) payload      { return payload{schema: schema} }
func takesFiles(schema string) payload { return payload{schema: schema, files: true} }
func gives(schema string) payload      { return payload{status: http.StatusOK, schema: schema} }
func lists(schema string) payload      { return payload{status: http.StatusOK, schema: schema, list: true} }
func creates(schema string) payload    { return payload{status: http.StatusCreated, schema: schema} }

var empty = payload{status: http.StatusNoContent}

// takesBody tells whether a body is read: one sent where none is meant is ignored.
func (r route) takesBody() bool { return r.method != http.MethodGet && r.method != http.MethodDelete }

// tag groups the routes by their first word.
func (r route) tag() string {
	parts := strings.Split(r.path, "/")
	if strings.HasPrefix(r.path, "/api/users/auth") {
		return "auth"
	}
	for _, part := range []string{"applications", "notifications", "reviews"} {
		if slices.Contains(parts, part) {
			return part
		}
	}
	last := parts[min(len(parts)-1, 2)]
	switch last {
	case "openapi.json", "docs", "admin":
		return "documentation"
	}
	return last
}

// echoPath is the path as Echo writes it: /api/jobs/:job_id.
func (r route) echoPath() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(r.path)
}

// pathParams lists the names in the path.
func (r route) pathParams() []string {
	var names []string
	for part := range strings.SplitSeq(r.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// fixedWords are the words that other routes have in the place of the id at the path's end, each with the methods that it
// takes: a word wins over an id with the others too.
func (r route) fixedWords() map[string][]string {
	words := map[string][]string{}
	if !strings.HasSuffix(r.path, "}") {
		return words
	}
	for _, other := range routes() {
		if word := path.Base(other.path); path.Dir(other.path) == path.Dir(r.path) && !strings.HasSuffix(word, "}") {
			words[word] = append(words[word], other.method)
		}
	}
	for word, methods := range words {
		if slices.Contains(methods, r.method) {
			delete(words, word)
		} else {
			words[word] = append(methods, http.MethodOptions)
		}
	}
	return words
}

// prefixes are the first two words of every path, which PocketBase's router hands to Echo.
func prefixes() []string {
	var list []string
	for _, r := range routes() {
		parts := strings.Split(r.path, "/")
		if prefix := strings.Join(parts[:min(len(parts), 3)], "/"); !slices.Contains(list, prefix) {
			list = append(list, prefix)
		}
	}
	return list
}

// routes is the whole REST API. Nothing answers that is not listed here.
func routes() []route {
	return slices.Concat(authRoutes(), userRoutes(), jobRoutes(), applicationRoutes(), notificationRoutes(), peopleRoutes(),
		reportRoutes(), documentRoutes())
}

func authRoutes() []route {
	return []route{
		{method: "POST", path: "/api/users/auth/register", who: entering, id: "registerUser",
			does: "Registers a job seeker or an employer, with the profile or the company that goes with the role.",
			body: takes("Registration"), answer: creates("User"), conflicts: addressTaken, handler: registerUser},
		{method: "POST", path: "/api/users/auth/login", who: entering, id: "login",
			does: "Logs in and gives a token; a wrong password and an unknown address are answered alike.",
			body: takes("Login"), answer: gives("Session"), handler: login},
		{method: "POST", path: "/api/users/auth/logout", who: everyUser, id: "logout",
			does: "Ends the session of the token, which is dead everywhere at once; with everywhere all sessions of the user.",
			body: takes("Logout"), answer: empty, handler: logout},
		{method: "POST", path: "/api/users/auth/refresh", who: everyUser, id: "refreshToken",
			does:   "Gives a new token for the present one.",
			answer: gives("Session"), handler: refresh},
		{method: "POST", path: "/api/users/auth/password/request-reset", who: entering, id: "requestPasswordReset",
			does: "Mails a link for a new password, and answers alike whether or not the address has an account.",
			body: takes("PasswordResetRequest"), answer: empty, handler: requestPasswordReset},
		{method: "POST", path: "/api/users/auth/password/reset", who: entering, id: "resetPassword",
			does: "Sets a new password with the token from the mail; every older token is dead.",
			body: takes("PasswordReset"), answer: empty, handler: resetPassword},
		{method: "PUT", path: "/api/users/auth/password/change", who: entering, id: "replacePassword",
			does: "Sets a new password with the token from a mail or, logged in, with the old password; every older token is dead.",
			body: takes("PasswordChange"), answer: empty, handler: changePassword},
		{method: "PATCH", path: "/api/users/auth/password/change", who: entering, id: "changePassword",
			does: "The same as PUT.",
			body: takes("PasswordChange"), answer: empty, handler: changePassword},
	}
}

func userRoutes() []route {
	return []route{
		{method: "GET", path: "/api/users", who: everyUser, id: "listUsers",
			does:  "Lists all users for admins, and for everybody else themselves.",
			query: params(listParams, roleParam, qParam, activeParam), answer: lists("User"), handler: listUsers},
		{method: "POST", path: "/api/users", who: adminsOnly, id: "createUser",
			does: "Makes a user of any role.",
			body: takesFiles("NewUser"), answer: creates("User"), conflicts: addressTaken, handler: createUser},
		{method: "GET", path: "/api/users/{user_id}", who: everyUser, id: "getUser",
			does:  "Shows a user with the profile (job seekers) or the companies (employers).",
			query: params(recordParams), answer: gives("UserWithProfile"), handler: viewUser},
		{method: "PUT", path: "/api/users/{user_id}", who: everyUser, id: "replaceUser",
			does:  "Replaces the writable fields of a user; role, password, e-mail address and avatar stay when they are left out.",
			query: params(recordParams), body: takesFiles("UserReplacement"), answer: gives("UserWithProfile"),
			conflicts: clash{"The address is taken, or it is the last admin.", "email", problem.NotUnique}, handler: replaceUser},
		{method: "PATCH", path: "/api/users/{user_id}", who: everyUser, id: "updateUser",
			does:  "Changes the given fields of a user.",
			query: params(recordParams), body: takesFiles("UserChange"), answer: gives("UserWithProfile"),
			conflicts: clash{"The address is taken, or it is the last admin.", "email", problem.NotUnique}, handler: changeUser},
		{method: "DELETE", path: "/api/users/{user_id}", who: adminsOnly, id: "deleteUser",
			does:   "Deletes a user with everything that is the person's.",
			answer: empty, conflicts: clash{"The user owns an employer with jobs, or is the last admin.", "id", problem.OwnsEmployerJobs}, handler: deleteUser},
		{method: "POST", path: "/api/users/{user_id}/deactivate", who: everyUser, id: "deactivateUser",
			does:  "Closes an account, one's own or any by an admin: its tokens are dead at once.",
			query: params(recordParams), answer: gives("User"), conflicts: clash{"The account is deactivated already, or is the last admin's.", "deactivatedAt", problem.AlreadyDeactivated}, handler: deactivateUser},
		{method: "POST", path: "/api/users/{user_id}/reactivate", who: adminsOnly, id: "reactivateUser",
			does:  "Opens a deactivated account again.",
			query: params(recordParams), answer: gives("User"), conflicts: clash{"The account is active already.", "deactivatedAt", problem.AlreadyActive}, handler: reactivateUser},
		{method: "PATCH", path: "/api/users/{user_id}/role", who: adminsOnly, id: "changeUserRole",
			does:  "Gives a user another role, which kills the user's tokens.",
			query: params(recordParams), body: takes("RoleChange"), answer: gives("User"),
			conflicts: clash{"It is the last admin.", "role", problem.LastAdmin}, handler: changeRole},
	}
}

func jobRoutes() []route {
	return []route{
		{method: "GET", path: "/api/jobs", who: anyone, id: "listJobs",
			does:  "Finds published jobs; with mine=1 all jobs of the caller's employers.",
			query: params(jobSearchParams), answer: gives("JobPage"), handler: searchJobs},
		{method: "GET", path: "/api/jobs/search", who: anyone, id: "searchJobs",
			does:  "The same search under a name of its own.",
			query: params(jobSearchParams), answer: gives("JobPage"), handler: searchJobs},
		{method: "GET", path: "/api/jobs/suggest", who: anyone, id: "suggestJobs",
			does:  "Completes titles, skills and companies while typing.",
			query: params(param{name: "q", text: "What is typed so far.", example: "go"}), answer: gives("Suggestions"), handler: suggestJobs},
		{method: "POST", path: "/api/jobs", who: hiring, id: "createJob",
			does:  "Makes a job, as a draft unless its status says published.",
			query: params(recordParams), body: takes("NewJob"), answer: creates("Job"),
			conflicts: clash{"There is a job with this source and externalId.", "externalId", problem.NotUnique}, handler: createJob},
		{method: "GET", path: "/api/jobs/{job_id}", who: anyone, id: "getJob",
			does:  "Shows a job with its employer.",
			query: params(recordParams), answer: gives("Job"), handler: viewJob},
		{method: "PUT", path: "/api/jobs/{job_id}", who: hiring, id: "replaceJob",
			does:  "Replaces the writable fields of a job; without a status the status stays.",
			query: params(recordParams), body: takes("JobReplacement"), answer: gives("Job"),
			conflicts: movedBefore, handler: replaceJob},
		{method: "PATCH", path: "/api/jobs/{job_id}", who: hiring, id: "updateJob",
			does:  "Changes the given fields of a job.",
			query: params(recordParams), body: takes("JobChange"), answer: gives("Job"),
			conflicts: movedBefore, handler: changeJob},
		{method: "GET", path: "/api/jobs/{job_id}/similar", who: anyone, id: "listSimilarJobs",
			does:  "Finds published jobs like this one, the most alike first.",
			query: params(pageParam, perPageParm, fieldsParam), answer: gives("ScoredJobPage"), handler: listSimilarJobs},
		{method: "GET", path: "/api/jobs/{job_id}/jsonld", who: anyone, id: "getJobPosting",
			does:   "Shows a published, closed or expired job as schema.org JobPosting.",
			answer: payload{status: http.StatusOK, schema: "JobPosting", media: "application/ld+json"}, handler: viewJobPosting},
		{method: "POST", path: "/api/jobs/{job_id}/publish", who: hiring, id: "publishJob",
			does:  "Publishes a job.",
			query: params(recordParams), answer: gives("Job"), conflicts: clash{"The job is published already.", "status", problem.AlreadyInState}, handler: publishJob},
		{method: "DELETE", path: "/api/jobs/{job_id}/close", who: hiring, id: "closeJob",
			does:  "Closes a job and tells its live applicants; with permanent=1 deletes a job without applications.",
			query: params(recordParams, permanentParam), answer: payload{status: http.StatusOK, schema: "Job", also: http.StatusNoContent, text: "The closed job."},
			conflicts: clash{"The job is closed already or, with permanent=1, has applications.", "status", problem.AlreadyInState}, handler: closeJob},
	}
}

func applicationRoutes() []route {
	return []route{
		{method: "POST", path: "/api/jobs/{job_id}/applications", who: seekersOnly, id: "apply",
			does:  "Applies to a job; the same Idempotency-Key within a day gets the first answer again.",
			query: params(recordParams, idempotencyHeader), body: takesFiles("NewApplication"), answer: creates("Application"),
			conflicts: clash{"The caller has already applied.", "job", problem.AlreadyApplied}, handler: apply},
		{method: "GET", path: "/api/jobs/{job_id}/applications", who: hiring, id: "listJobApplications",
			does:  "Lists the applications to a job, for those who run it.",
			query: params(listParams, applicationStatusParam, qParam), answer: lists("Application"), handler: listJobApplications},
		{method: "GET", path: "/api/jobs/{job_id}/applications/{application_id}", who: everyUser, id: "getApplication",
			does:  "Shows an application with its timeline.",
			query: params(recordParams), answer: gives("ApplicationWithEvents"), handler: viewApplication},
		{method: "PATCH", path: "/api/jobs/{job_id}/applications/{application_id}/status", who: everyUser, id: "changeApplicationStatus",
			does:  "Moves an application to another stage; the same status again changes nothing.",
			query: params(recordParams), body: takes("ApplicationStatusChange"), answer: gives("Application"),
			conflicts: movedBefore, handler: changeApplicationStatus},
		{method: "GET", path: "/api/users/{user_id}/applications", who: everyUser, id: "listUserApplications",
			does:  "Lists the applications of a user that the caller may see.",
			query: params(listParams, applicationStatusParam), answer: lists("Application"), handler: listUserApplications},
		{method: "DELETE", path: "/api/users/{user_id}/applications/{application_id}/withdraw", who: seekersOnly, id: "withdrawApplication",
			does:  "Withdraws an application.",
			query: params(recordParams), answer: gives("Application"),
			conflicts: movedBefore, handler: withdrawApplication},
	}
}

func notificationRoutes() []route {
	return []route{
		{method: "GET", path: "/api/users/{user_id}/notifications", who: everyUser, id: "listNotifications",
			does:  "Lists the caller's notifications.",
			query: params(listParams, unreadParam, kindParam), answer: gives("NotificationPage"), handler: listNotifications},
		{method: "POST", path: "/api/users/{user_id}/notifications/mark-all-read", who: everyUser, id: "markAllNotificationsRead",
			does:   "Marks all of the caller's notifications as read.",
			answer: gives("Updated"), handler: markAllRead},
		{method: "PATCH", path: "/api/users/{user_id}/notifications/{notification_id}", who: everyUser, id: "updateNotification",
			does: "Marks a notification as read or unread.",
			body: takes("NotificationChange"), answer: gives("Notification"), handler: changeNotification},
		{method: "DELETE", path: "/api/users/{user_id}/notifications/{notification_id}", who: everyUser, id: "deleteNotification",
			does:   "Deletes a notification.",
			answer: empty, handler: deleteNotification},
	}
}

func peopleRoutes() []route {
	return []route{
		{method: "GET", path: "/api/candidates", who: hiring, id: "listCandidates",
			does:  "Finds job seekers among the profiles that the caller may see.",
			query: params(candidateParams), answer: gives("CandidatePage"), handler: listCandidates},
		{method: "GET", path: "/api/users/{user_id}/recommendations", who: seekersAdmin, id: "listRecommendations",
			does:  "Recommends published jobs to a job seeker, the best match first, each with its reasons.",
			query: params(pageParam, perPageParm, fieldsParam), answer: gives("ScoredJobPage"), handler: listRecommendations},
		{method: "GET", path: "/api/jobs/{job_id}/reviews", who: anyone, id: "listJobReviews",
			does:  "Lists the reviews of a job.",
			query: params(listParams), answer: lists("JobReview"), handler: listJobReviews},
		{method: "POST", path: "/api/jobs/{job_id}/reviews", who: seekersOnly, id: "reviewJob",
			does: "Reviews a job that the caller has applied to.",
			body: takes("NewJobReview"), answer: creates("JobReview"), conflicts: clash{"The caller has already reviewed it.", "job", problem.AlreadyReviewed}, handler: createJobReview},
		{method: "GET", path: "/api/users/{user_id}/reviews", who: everyUser, id: "listUserReviews",
			does:  "Lists the reviews of a user that the caller may see.",
			query: params(listParams), answer: lists("UserReview"), handler: listUserReviews},
		{method: "POST", path: "/api/users/{user_id}/reviews", who: reviewers, id: "reviewUser",
			does: "Reviews the person on the other side of an application.",
			body: takes("NewUserReview"), answer: creates("UserReview"), conflicts: clash{"The caller has already reviewed this person for this application.", "application", problem.AlreadyReviewed}, handler: createUserReview},
		{method: "GET", path: "/api/employers", who: anyone, id: "listEmployers",
			does:  "Lists employers.",
			query: params(listParams, qParam, industryParam, mineParam), answer: lists("Employer"), handler: listEmployers},
		{method: "POST", path: "/api/employers", who: hiring, id: "createEmployer",
			does: "Founds an employer; its slug is made from the name when absent.",
			body: takesFiles("NewEmployer"), answer: creates("Employer"), conflicts: slugTaken, handler: createEmployer},
		{method: "GET", path: "/api/employers/{employer_id}", who: anyone, id: "getEmployer",
			does:  "Shows an employer.",
			query: params(recordParams), answer: gives("Employer"), handler: viewEmployer},
		{method: "PATCH", path: "/api/employers/{employer_id}", who: hiringOrLeaving, id: "updateEmployer",
			does:  "Changes the given fields of an employer. A member leaves by sending members without oneself.",
			query: params(recordParams), body: takesFiles("EmployerChange"), answer: gives("Employer"), conflicts: slugTaken, handler: changeEmployer},
		{method: "DELETE", path: "/api/employers/{employer_id}", who: hiring, id: "deleteEmployer",
			does:   "Deletes an employer without jobs.",
			answer: empty, conflicts: clash{"The employer has jobs.", "employer", problem.EmployerHasJobs}, handler: deleteEmployer},
		{method: "GET", path: "/api/employers/{employer_id}/jobs", who: anyone, id: "listEmployerJobs",
			does:  "Finds jobs of one employer, with the parameters of the job search.",
			query: params(jobSearchParams), answer: gives("JobPage"), handler: listEmployerJobs},
		{method: "GET", path: "/api/employers/{employer_id}/reviews", who: anyone, id: "listEmployerReviews",
			does:  "Lists the reviews of an employer's jobs.",
			query: params(listParams), answer: lists("JobReview"), handler: listEmployerReviews},
	}
}

func reportRoutes() []route {
	period := params(param{name: "from", text: "First day, or date and time.", example: "2026-01-01"},
		param{name: "to", text: "Last day, or date and time.", example: "2026-01-31"})
	return []route{
		{method: "GET", path: "/api/reports", who: adminsOnly, id: "listReports",
			does:  "Lists the reports.",
			query: params(listParams, param{name: "kind", many: true, options: collections.ReportKinds(), text: "Reports of this kind."}, param{name: "status", many: true, text: "Reports in this status.", example: "done"}), answer: lists("Report"), handler: listReports},
		{method: "POST", path: "/api/reports", who: adminsOnly, id: "createReport",
			does: "Makes a report: 201 when it is done within a few seconds, else 202 and it is finished in the background.",
			body: takes("NewReport"), answer: payload{status: http.StatusCreated, schema: "Report", also: http.StatusAccepted}, handler: createReport},
		{method: "GET", path: "/api/reports/summary", who: adminsOnly, id: "getReportSummary",
			does:  "Shows the figures behind the dashboard.",
			query: period, answer: gives("ReportSummary"), handler: summariseReports},
		{method: "GET", path: "/api/reports/{report_id}", who: adminsOnly, id: "getReport",
			does:  "Shows a report.",
			query: params(recordParams), answer: gives("Report"), handler: viewReport},
		{method: "GET", path: "/api/reports/{report_id}/download", who: adminsOnly, id: "downloadReport",
			does:   "Streams the file of a report.",
			answer: payload{status: http.StatusOK, media: "text/csv,application/pdf"}, handler: downloadReport},
	}
}

func documentRoutes() []route {
	return []route{
		{method: "GET", path: documentPath, who: anyone, id: "getOpenAPI",
			does:   "This document.",
			answer: gives("Document"), handler: serveDocument},
		{method: "GET", path: "/api/docs", who: anyone, id: "browseDocs",
			does:   "Shows this document to people, to browse and to try with a token; it works without internet.",
			answer: payload{status: http.StatusOK, media: "text/html"}, handler: serveDocs},
		{method: "GET", path: "/api/docs/{asset}", who: anyone, id: "getDocsAsset",
			does:   "Serves a script, style or picture of the documentation page.",
			answer: payload{status: http.StatusOK, media: "*/*"}, handler: serveDocs},
		{method: "GET", path: "/admin", who: anyone, id: "leadToAdmin",
			does:   "Leads to the admin UI.",
			answer: payload{status: http.StatusFound, text: "The admin UI is at /_/."}, handler: leadToAdmin},
	}
}
