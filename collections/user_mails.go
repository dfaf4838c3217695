package collections

import (
	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/pages/pageurl"
)

// userMails sets the mails that PocketBase sends about an account. Their links lead to the board's own pages, see internal/pages.
func userMails(c *core.Collection) {
	c.VerificationTemplate = core.EmailTemplate{
		Subject: "Confirm your e-mail address for {APP_NAME}",
		Body: mail(
			`Welcome to {APP_NAME}. Please confirm that this is your e-mail address, so that news about your applications and jobs
reaches you.`,
			button(pageurl.Verify, "Confirm my address"),
			`The link works for a day. If you did not register at {APP_NAME}, you can ignore this mail.`,
		),
	}
	c.ResetPasswordTemplate = core.EmailTemplate{
		Subject: "Choose a new password for {APP_NAME}",
		Body: mail(
			`Somebody, we hope you, asked for a new password for your account at {APP_NAME}.`,
			button(pageurl.ResetPassword, "Choose a new password"),
			`The link works for 30 minutes. Your old password and your logins stay until you choose a new one. If you did not ask
for it, you can ignore this mail.`,
		),
	}
	c.ConfirmEmailChangeTemplate = core.EmailTemplate{
		Subject: "Confirm your new e-mail address for {APP_NAME}",
		Body: mail(
			`You asked to use this address for your account at {APP_NAME} from now on. Please confirm it with your password.`,
			button(pageurl.ChangeEmail, "Use this address"),
			`The link works for 30 minutes. Afterwards please log in again, with the new address. If you did not ask for it, you can
ignore this mail.`,
		),
	}
	c.OTP.EmailTemplate = core.EmailTemplate{
		Subject: "Your code for {APP_NAME}: {OTP}",
		Body: mail(
			`Your code for logging in at {APP_NAME} is <strong>{OTP}</strong>.`,
			`It works once, and for a few minutes. If you did not ask for it, you can ignore this mail.`,
		),
	}
	c.AuthAlert.EmailTemplate = core.EmailTemplate{
		Subject: "New login to your account at {APP_NAME}",
		Body: mail(
			`Somebody logged in to your account at {APP_NAME} from a place we have not seen before:`,
			`<em>{ALERT_INFO}</em>`,
			`If it was you, all is well. If not, <strong>change your password now</strong>: that ends every login.`,
		),
	}
}

// mail returns the body that all account mails share, with the given paragraphs. It does not greet by name: whoever registers with
// somebody else's address could put text into a mail to the other.
func mail(paragraphs ...string) string {
	body := "<p>Hello,</p>\n"
	for _, paragraph := range paragraphs {
		body += "<p>" + paragraph + "</p>\n"
	}
	return body + "<p>{APP_NAME}<br/><a href=\"{APP_URL}\">{APP_URL}</a></p>"
}

func button(page, label string) string {
	return `<a class="btn" href="{APP_URL}` + page + `?token={TOKEN}" target="_blank" rel="noopener">` + label + `</a>`
}
