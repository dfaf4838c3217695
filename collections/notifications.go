package collections

import "github.com/pocketbase/pocketbase/core"

// The kinds of notifications, values of notifications.kind and users.emailNotifications.
const (
	KindApplicationSubmitted     = "application_submitted"
	KindApplicationWithdrawn     = "application_withdrawn"
	KindApplicationStatusChanged = "application_status_changed"
	KindJobPublished             = "job_published"
	KindJobClosed                = "job_closed"
	KindJobNotPublished          = "job_not_published"
	KindDeadlineReminder         = "deadline_reminder"
	KindJobDigest                = "job_digest"
	KindReviewReceived           = "review_received"
	KindReportReady              = "report_ready"
	KindImportFailed             = "import_failed"
	KindWebhookDisabled          = "webhook_disabled"
	KindAccount                  = "account"
)

// NotificationKinds lists every kind of notification.
func NotificationKinds() []string {
	return []string{
		KindApplicationSubmitted, KindApplicationWithdrawn, KindApplicationStatusChanged, KindJobPublished, KindJobClosed,
		KindDeadlineReminder, KindJobDigest, KindReviewReceived, KindReportReady, KindImportFailed, KindAccount, KindJobNotPublished,
		KindWebhookDisabled,
	}
}

// DefaultEmailKinds lists the kinds that a new user gets by e-mail unless the user says otherwise.
func DefaultEmailKinds() []string {
	return []string{
		KindApplicationSubmitted, KindApplicationStatusChanged, KindJobClosed, KindDeadlineReminder, KindJobDigest,
		KindReportReady, KindImportFailed, KindAccount, KindJobNotPublished, KindWebhookDisabled,
	}
}

// How far a notification's e-mail is, values of the hidden field notifications.mail.
const (
	MailNone    = "none"    // the user does not want this kind by mail, or no mail is needed any more
	MailPending = "pending" // waits for the next mail run
	MailSent    = "sent"
	MailFailed  = "failed" // refused by the mail server, or given up after the last retry
)

// The longest title and body of a notification, in characters.
const (
	MaxNotificationTitle = 300
	MaxNotificationBody  = 2_000
)

func notifications() *core.Collection {
	c := base(Notifications)
	fields(c,
		one("user", Users, required, cascade),
		choice("kind", required, NotificationKinds()...),
		text("title", required, MaxNotificationTitle),
		text("body", optional, MaxNotificationBody),
		&core.JSONField{Name: "data", MaxSize: 5_000},
		&core.BoolField{Name: "read"},
		&core.DateField{Name: "readAt"},
		&core.SelectField{Name: "mail", Values: []string{MailNone, MailPending, MailSent, MailFailed}, MaxSelect: 1, Hidden: true},
		&core.NumberField{Name: "mailAttempts", OnlyInt: true, Hidden: true},
		&core.DateField{Name: "mailAt", Hidden: true}, // when to try next, or when it was sent or given up
		// No news on the board, only a mail: an applicant's receipt, and an interview for the calendars of the employer's people.
		&core.BoolField{Name: "mailOnly", Hidden: true},
		// What the notification is about, such as "job_published:<job>", where it must come only once: it is unique for each user.
		&core.TextField{Name: "dedupe", Max: 200, Hidden: true},
	)
	// In the order of lists. With the rest in it, counting and filtering by them reads no rows.
	c.AddIndex("idx_notifications_user_created", false, "user, created, read, kind, mailOnly", "")
	c.AddIndex("idx_notifications_user_unread", false, "user", "read = FALSE")
	c.AddIndex("idx_notifications_mail", false, "mailAt", "mail = 'pending'")
	c.AddIndex("idx_notifications_mail_user", false, "user, mailAt", "mail = 'pending'")
	c.AddIndex("idx_notifications_dedupe", true, "user, dedupe", "dedupe != ''")
	own := rule(loggedIn + ` && user = @request.auth.id && mailOnly = false`)
	rules(c, own, own, nil, own, own) // created by the board alone; not even admins see those of others
	return c
}
