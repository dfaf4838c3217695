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
	method   string
	path     string // without the trailing slash, which is optional on every path
	access   access
	id       string // operation id
	summary  string // one sentence
	query    []param
	body     payload
	response payload
	conflict conflictCase
	handler  func(c *call) error
}

// conflictCase says when a route answers 409, and the field and code in that answer; empty where it never does.
type conflictCase struct{ when, field, code string }

var (
	addressTaken     = conflictCase{"The address is taken.", "email", problem.NotUnique}
	changedMeanwhile = conflictCase{"Somebody else has just changed the status.", "status", problem.ChangedMeanwhile}
	slugTaken        = conflictCase{"The slug is taken.", "slug", problem.NotUnique}
)

// payload is what a request or an answer carries.
type payload struct {
	status int
	schema string // name in components.schemas, "" for nothing
	list   bool   // the list shape around schema
	media  string // other than JSON
	files  bool   // a form with files may be sent instead
	// also is a second status with the same schema.
	alsoStatus  int
	description string
}

func bodyOf(schema string) payload       { return payload{schema: schema} }
func bodyOrFormOf(schema string) payload { return payload{schema: schema, files: true} }
func ok(schema string) payload           { return payload{status: http.StatusOK, schema: schema} }
func okList(schema string) payload       { return payload{status: http.StatusOK, schema: schema, list: true} }
func created(schema string) payload      { return payload{status: http.StatusCreated, schema: schema} }

var noContent = payload{status: http.StatusNoContent}

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
		{method: "POST", path: "/api/users/auth/register", access: anyoneIgnoringToken, id: "registerUser",
			summary: "Registers a job seeker or an employer, with the profile or the company that goes with the role.",
			body:    bodyOf("Registration"), response: created("User"), conflict: addressTaken, handler: registerUser},
		{method: "POST", path: "/api/users/auth/login", access: anyoneIgnoringToken, id: "login",
			summary: "Logs in and gives a token; a wrong password and an unknown address are answered alike.",
			body:    bodyOf("Login"), response: ok("Session"), handler: login},
		{method: "POST", path: "/api/users/auth/logout", access: loggedIn, id: "logout",
			summary: "Ends the session of the token, which is dead everywhere at once; with everywhere all sessions of the user.",
			body:    bodyOf("Logout"), response: noContent, handler: logout},
		{method: "POST", path: "/api/users/auth/refresh", access: loggedIn, id: "refreshToken",
			summary:  "Gives a new token for the present one.",
			response: ok("Session"), handler: refresh},
		{method: "POST", path: "/api/users/auth/password/request-reset", access: anyoneIgnoringToken, id: "requestPasswordReset",
			summary: "Mails a link for a new password, and answers alike whether or not the address has an account.",
			body:    bodyOf("PasswordResetRequest"), response: noContent, handler: requestPasswordReset},
		{method: "POST", path: "/api/users/auth/password/reset", access: anyoneIgnoringToken, id: "resetPassword",
			summary: "Sets a new password with the token from the mail; every older token is dead.",
			body:    bodyOf("PasswordReset"), response: noContent, handler: resetPassword},
		{method: "PUT", path: "/api/users/auth/password/change", access: anyoneIgnoringToken, id: "replacePassword",
			summary: "Sets a new password with the token from a mail or, logged in, with the old password; every older token is dead.",
			body:    bodyOf("PasswordChange"), response: noContent, handler: changePassword},
		{method: "PATCH", path: "/api/users/auth/password/change", access: anyoneIgnoringToken, id: "changePassword",
			summary: "The same as PUT.",
			body:    bodyOf("PasswordChange"), response: noContent, handler: changePassword},
	}
}

func userRoutes() []route {
	return []route{
		{method: "GET", path: "/api/users", access: loggedIn, id: "listUsers",
			summary: "Lists all users for admins, and for everybody else themselves.",
			query:   params(listParams, roleParam, qParam, activeParam), response: okList("User"), handler: listUsers},
		{method: "POST", path: "/api/users", access: adminsOnly, id: "createUser",
			summary: "Makes a user of any role.",
			body:    bodyOrFormOf("NewUser"), response: created("User"), conflict: addressTaken, handler: createUser},
		{method: "GET", path: "/api/users/{user_id}", access: loggedIn, id: "getUser",
			summary: "Shows a user with the profile (job seekers) or the companies (employers).",
			query:   params(recordParams), response: ok("UserWithProfile"), handler: viewUser},
		{method: "PUT", path: "/api/users/{user_id}", access: loggedIn, id: "replaceUser",
			summary: "Replaces the writable fields of a user; role, password, e-mail address and avatar stay when they are left out.",
			query:   params(recordParams), body: bodyOrFormOf("UserReplacement"), response: ok("UserWithProfile"),
			conflict: conflictCase{"The address is taken, or it is the last admin.", "email", problem.NotUnique}, handler: replaceUser},
		{method: "PATCH", path: "/api/users/{user_id}", access: loggedIn, id: "updateUser",
			summary: "Changes the given fields of a user.",
			query:   params(recordParams), body: bodyOrFormOf("UserChange"), response: ok("UserWithProfile"),
			conflict: conflictCase{"The address is taken, or it is the last admin.", "email", problem.NotUnique}, handler: changeUser},
		{method: "DELETE", path: "/api/users/{user_id}", access: adminsOnly, id: "deleteUser",
			summary:  "Deletes a user with everything that is the person's.",
			response: noContent, conflict: conflictCase{"The user owns an employer with jobs, or is the last admin.", "id", problem.OwnsEmployerJobs}, handler: deleteUser},
		{method: "POST", path: "/api/users/{user_id}/deactivate", access: loggedIn, id: "deactivateUser",
			summary: "Closes an account, one's own or any by an admin: its tokens are dead at once.",
			query:   params(recordParams), response: ok("User"), conflict: conflictCase{"The account is deactivated already, or is the last admin's.", "deactivatedAt", problem.AlreadyDeactivated}, handler: deactivateUser},
		{method: "POST", path: "/api/users/{user_id}/reactivate", access: adminsOnly, id: "reactivateUser",
			summary: "Opens a deactivated account again.",
			query:   params(recordParams), response: ok("User"), conflict: conflictCase{"The account is active already.", "deactivatedAt", problem.AlreadyActive}, handler: reactivateUser},
		{method: "PATCH", path: "/api/users/{user_id}/role", access: adminsOnly, id: "changeUserRole",
			summary: "Gives a user another role, which kills the user's tokens.",
			query:   params(recordParams), body: bodyOf("RoleChange"), response: ok("User"),
			conflict: conflictCase{"It is the last admin.", "role", problem.LastAdmin}, handler: changeRole},
	}
}

func jobRoutes() []route {
	return []route{
		{method: "GET", path: "/api/jobs", access: anyone, id: "listJobs",
			summary: "Finds published jobs; with mine=1 all jobs of the caller's employers.",
			query:   params(jobSearchParams), response: ok("JobPage"), handler: searchJobs},
		{method: "GET", path: "/api/jobs/search", access: anyone, id: "searchJobs",
			summary: "The same search under a name of its own.",
			query:   params(jobSearchParams), response: ok("JobPage"), handler: searchJobs},
		{method: "GET", path: "/api/jobs/suggest", access: anyone, id: "suggestJobs",
			summary: "Completes titles, skills and companies while typing.",
			query:   params(param{name: "q", description: "What is typed so far.", example: "go"}), response: ok("Suggestions"), handler: suggestJobs},
		{method: "POST", path: "/api/jobs", access: employersAndAdmins, id: "createJob",
			summary: "Makes a job, as a draft unless its status says published.",
			query:   params(recordParams), body: bodyOf("NewJob"), response: created("Job"),
			conflict: conflictCase{"There is a job with this source and externalId.", "externalId", problem.NotUnique}, handler: createJob},
		{method: "GET", path: "/api/jobs/{job_id}", access: anyone, id: "getJob",
			summary: "Shows a job with its employer.",
			query:   params(recordParams), response: ok("Job"), handler: viewJob},
		{method: "PUT", path: "/api/jobs/{job_id}", access: employersAndAdmins, id: "replaceJob",
			summary: "Replaces the writable fields of a job; without a status the status stays.",
			query:   params(recordParams), body: bodyOf("JobReplacement"), response: ok("Job"),
			conflict: changedMeanwhile, handler: replaceJob},
		{method: "PATCH", path: "/api/jobs/{job_id}", access: employersAndAdmins, id: "updateJob",
			summary: "Changes the given fields of a job.",
			query:   params(recordParams), body: bodyOf("JobChange"), response: ok("Job"),
			conflict: changedMeanwhile, handler: changeJob},
		{method: "GET", path: "/api/jobs/{job_id}/similar", access: anyone, id: "listSimilarJobs",
			summary: "Finds published jobs like this one, the most alike first.",
			query:   params(pageParam, perPageParam, fieldsParam), response: ok("ScoredJobPage"), handler: listSimilarJobs},
		{method: "GET", path: "/api/jobs/{job_id}/jsonld", access: anyone, id: "getJobPosting",
			summary:  "Shows a published, closed or expired job as schema.org JobPosting.",
			response: payload{status: http.StatusOK, schema: "JobPosting", media: "application/ld+json"}, handler: viewJobPosting},
		{method: "POST", path: "/api/jobs/{job_id}/publish", access: employersAndAdmins, id: "publishJob",
			summary: "Publishes a job.",
			query:   params(recordParams), response: ok("Job"), conflict: conflictCase{"The job is published already.", "status", problem.AlreadyInState}, handler: publishJob},
		{method: "DELETE", path: "/api/jobs/{job_id}/close", access: employersAndAdmins, id: "closeJob",
			summary: "Closes a job and tells its live applicants; with permanent=1 deletes a job without applications.",
			query:   params(recordParams, permanentParam), response: payload{status: http.StatusOK, schema: "Job", alsoStatus: http.StatusNoContent, description: "The closed job."},
			conflict: conflictCase{"The job is closed already or, with permanent=1, has applications.", "status", problem.AlreadyInState}, handler: closeJob},
	}
}

func applicationRoutes() []route {
	return []route{
		{method: "POST", path: "/api/jobs/{job_id}/applications", access: seekersOnly, id: "apply",
			summary: "Applies to a job; the same Idempotency-Key within a day gets the first answer again.",
			query:   params(recordParams, idempotencyHeader), body: bodyOrFormOf("NewApplication"), response: created("Application"),
			conflict: conflictCase{"The caller has already applied.", "job", problem.AlreadyApplied}, handler: apply},
		{method: "GET", path: "/api/jobs/{job_id}/applications", access: employersAndAdmins, id: "listJobApplications",
			summary: "Lists the applications to a job, for those who run it.",
			query:   params(listParams, applicationStatusParam, qParam), response: okList("Application"), handler: listJobApplications},
		{method: "GET", path: "/api/jobs/{job_id}/applications/{application_id}", access: loggedIn, id: "getApplication",
			summary: "Shows an application with its timeline.",
			query:   params(recordParams), response: ok("ApplicationWithEvents"), handler: viewApplication},
		{method: "PATCH", path: "/api/jobs/{job_id}/applications/{application_id}/status", access: loggedIn, id: "changeApplicationStatus",
			summary: "Moves an application to another stage; the same status again changes nothing.",
			query:   params(recordParams), body: bodyOf("ApplicationStatusChange"), response: ok("Application"),
			conflict: changedMeanwhile, handler: changeApplicationStatus},
		{method: "GET", path: "/api/users/{user_id}/applications", access: loggedIn, id: "listUserApplications",
			summary: "Lists the applications of a user that the caller may see.",
			query:   params(listParams, applicationStatusParam), response: okList("Application"), handler: listUserApplications},
		{method: "DELETE", path: "/api/users/{user_id}/applications/{application_id}/withdraw", access: seekersOnly, id: "withdrawApplication",
			summary: "Withdraws an application.",
			query:   params(recordParams), response: ok("Application"),
			conflict: changedMeanwhile, handler: withdrawApplication},
	}
}

func notificationRoutes() []route {
	return []route{
		{method: "GET", path: "/api/users/{user_id}/notifications", access: loggedIn, id: "listNotifications",
			summary: "Lists the caller's notifications.",
			query:   params(listParams, unreadParam, kindParam), response: ok("NotificationPage"), handler: listNotifications},
		{method: "POST", path: "/api/users/{user_id}/notifications/mark-all-read", access: loggedIn, id: "markAllNotificationsRead",
			summary:  "Marks all of the caller's notifications as read.",
			response: ok("Updated"), handler: markAllRead},
		{method: "PATCH", path: "/api/users/{user_id}/notifications/{notification_id}", access: loggedIn, id: "updateNotification",
			summary: "Marks a notification as read or unread.",
			body:    bodyOf("NotificationChange"), response: ok("Notification"), handler: changeNotification},
		{method: "DELETE", path: "/api/users/{user_id}/notifications/{notification_id}", access: loggedIn, id: "deleteNotification",
			summary:  "Deletes a notification.",
			response: noContent, handler: deleteNotification},
	}
}

func peopleRoutes() []route {
	return []route{
		{method: "GET", path: "/api/candidates", access: employersAndAdmins, id: "listCandidates",
			summary: "Finds job seekers among the profiles that the caller may see.",
			query:   params(candidateParams), response: ok("CandidatePage"), handler: listCandidates},
		{method: "GET", path: "/api/users/{user_id}/recommendations", access: seekersAndAdmins, id: "listRecommendations",
			summary: "Recommends published jobs to a job seeker, the best match first, each with its reasons.",
			query:   params(pageParam, perPageParam, fieldsParam), response: ok("ScoredJobPage"), handler: listRecommendations},
		{method: "GET", path: "/api/jobs/{job_id}/reviews", access: anyone, id: "listJobReviews",
			summary: "Lists the reviews of a job.",
			query:   params(listParams), response: okList("JobReview"), handler: listJobReviews},
		{method: "POST", path: "/api/jobs/{job_id}/reviews", access: seekersOnly, id: "reviewJob",
			summary: "Reviews a job that the caller has applied to.",
			body:    bodyOf("NewJobReview"), response: created("JobReview"), conflict: conflictCase{"The caller has already reviewed it.", "job", problem.AlreadyReviewed}, handler: createJobReview},
		{method: "GET", path: "/api/users/{user_id}/reviews", access: loggedIn, id: "listUserReviews",
			summary: "Lists the reviews of a user that the caller may see.",
			query:   params(listParams), response: okList("UserReview"), handler: listUserReviews},
		{method: "POST", path: "/api/users/{user_id}/reviews", access: seekersAndEmployers, id: "reviewUser",
			summary: "Reviews the person on the other side of an application.",
			body:    bodyOf("NewUserReview"), response: created("UserReview"), conflict: conflictCase{"The caller has already reviewed this person for this application.", "application", problem.AlreadyReviewed}, handler: createUserReview},
		{method: "GET", path: "/api/employers", access: anyone, id: "listEmployers",
			summary: "Lists employers.",
			query:   params(listParams, qParam, industryParam, mineParam), response: okList("Employer"), handler: listEmployers},
		{method: "POST", path: "/api/employers", access: employersAndAdmins, id: "createEmployer",
			summary: "Founds an employer; its slug is made from the name when absent.",
			body:    bodyOrFormOf("NewEmployer"), response: created("Employer"), conflict: slugTaken, handler: createEmployer},
		{method: "GET", path: "/api/employers/{employer_id}", access: anyone, id: "getEmployer",
			summary: "Shows an employer.",
			query:   params(recordParams), response: ok("Employer"), handler: viewEmployer},
		{method: "PATCH", path: "/api/employers/{employer_id}", access: employersAdminsAndMembers, id: "updateEmployer",
			summary: "Changes the given fields of an employer. A member leaves by sending members without oneself.",
			query:   params(recordParams), body: bodyOrFormOf("EmployerChange"), response: ok("Employer"), conflict: slugTaken, handler: changeEmployer},
		{method: "DELETE", path: "/api/employers/{employer_id}", access: employersAndAdmins, id: "deleteEmployer",
			summary:  "Deletes an employer without jobs.",
			response: noContent, conflict: conflictCase{"The employer has jobs.", "employer", problem.EmployerHasJobs}, handler: deleteEmployer},
		{method: "GET", path: "/api/employers/{employer_id}/jobs", access: anyone, id: "listEmployerJobs",
			summary: "Finds jobs of one employer, with the parameters of the job search.",
			query:   params(jobSearchParams), response: ok("JobPage"), handler: listEmployerJobs},
		{method: "GET", path: "/api/employers/{employer_id}/reviews", access: anyone, id: "listEmployerReviews",
			summary: "Lists the reviews of an employer's jobs.",
			query:   params(listParams), response: okList("JobReview"), handler: listEmployerReviews},
	}
}

func reportRoutes() []route {
	period := params(param{name: "from", description: "First day, or date and time.", example: "2026-01-01"},
		param{name: "to", description: "Last day, or date and time.", example: "2026-01-31"})
	return []route{
		{method: "GET", path: "/api/reports", access: adminsOnly, id: "listReports",
			summary: "Lists the reports.",
			query:   params(listParams, param{name: "kind", multiple: true, enum: collections.ReportKinds(), description: "Reports of this kind."}, param{name: "status", multiple: true, description: "Reports in this status.", example: "done"}), response: okList("Report"), handler: listReports},
		{method: "POST", path: "/api/reports", access: adminsOnly, id: "createReport",
			summary: "Makes a report: 201 when it is done within a few seconds, else 202 and it is finished in the background.",
			body:    bodyOf("NewReport"), response: payload{status: http.StatusCreated, schema: "Report", alsoStatus: http.StatusAccepted}, handler: createReport},
		{method: "GET", path: "/api/reports/summary", access: adminsOnly, id: "getReportSummary",
			summary: "Shows the figures behind the dashboard.",
			query:   period, response: ok("ReportSummary"), handler: summariseReports},
		{method: "GET", path: "/api/reports/{report_id}", access: adminsOnly, id: "getReport",
			summary: "Shows a report.",
			query:   params(recordParams), response: ok("Report"), handler: viewReport},
		{method: "GET", path: "/api/reports/{report_id}/download", access: adminsOnly, id: "downloadReport",
			summary:  "Streams the file of a report.",
			response: payload{status: http.StatusOK, media: "text/csv,application/pdf"}, handler: downloadReport},
	}
}

func documentRoutes() []route {
	return []route{
		{method: "GET", path: documentPath, access: anyone, id: "getOpenAPI",
			summary:  "This document.",
			response: ok("Document"), handler: serveDocument},
		{method: "GET", path: "/api/docs", access: anyone, id: "browseDocs",
			summary:  "Shows this document to people, to browse and to try with a token; it works without internet.",
			response: payload{status: http.StatusOK, media: "text/html"}, handler: serveDocs},
		{method: "GET", path: "/api/docs/{asset}", access: anyone, id: "getDocsAsset",
			summary:  "Serves a script, style or picture of the documentation page.",
			response: payload{status: http.StatusOK, media: "*/*"}, handler: serveDocs},
		{method: "GET", path: "/admin", access: anyone, id: "leadToAdmin",
			summary:  "Leads to the admin UI.",
			response: payload{status: http.StatusFound, description: "The admin UI is at /_/."}, handler: redirectToAdmin},
	}
}
