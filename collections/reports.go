package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// The statuses of a report, values of reports.status.
const (
	ReportPending = "pending"
	ReportRunning = "running"
	ReportDone    = "done"
	ReportFailed  = "failed"
)

// ReportKinds lists the values of reports.kind.
func ReportKinds() []string { return []string{"jobs", "users", "applications", "performance"} }

// ReportFormats lists the values of reports.format.
func ReportFormats() []string { return []string{"csv", "pdf"} }

func reports() *core.Collection {
	c := base(Reports)
	fields(c,
		choice("kind", required, ReportKinds()...),
		choice("format", required, ReportFormats()...),
		&core.DateField{Name: "from"},
		&core.DateField{Name: "to"},
		&core.JSONField{Name: "filters", MaxSize: 10_000},
		choice("status", required, ReportPending, ReportRunning, ReportDone, ReportFailed),
		&core.FileField{Name: "file", MaxSelect: 1, MaxSize: 1 << 30, Protected: true},
		&core.NumberField{Name: "rows", OnlyInt: true, Min: types.Pointer(0.0)},
		text("error", optional, 2_000),
		one("requestedBy", Users, optional, keep), // empty for a superuser, who is no user
		// How often it was started: a report that ends the process each time is given up.
		&core.NumberField{Name: "attempts", OnlyInt: true, Min: types.Pointer(0.0), Hidden: true},
	)
	c.AddIndex("idx_reports_status", false, "status, created", "")
	rules(c, rule(asAdmin), rule(asAdmin), rule(asAdmin), nil, rule(asAdmin))
	return c
}

// revokedSessions store the sessions that were logged out, until their tokens would have expired anyway.
func revokedSessions() *core.Collection {
	c := base(RevokedSessions)
	fields(c,
		// The session id of the token, or a hash of a token without one.
		&core.TextField{Name: "session", Required: true, Max: 64, Hidden: true},
		&core.DateField{Name: "expires", Required: true},
	)
	c.AddIndex("idx_revoked_sessions_session", true, "session", "")
	c.AddIndex("idx_revoked_sessions_expires", false, "expires", "")
	return c // superusers only
}
