package checks

import (
	"net"
	"net/url"
	"os/exec"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// variables checks that the environment has no JOBBOARD_ variable that the board ignores.
func variables(unknown []string) Result {
	const check = "variables"
	if len(unknown) == 0 {
		return fine(check, "Every JOBBOARD_ variable is known.")
	}
	return bad(check, Warning, "Correct or remove it; jobboard config lists all variables.", "Unknown and ignored: %s.",
		strings.Join(unknown, ", "))
}

// administrators checks that somebody can run the board: a user with the role admin, and a superuser for the admin UI.
func administrators(app core.App, program string) Result {
	const check = "admin"
	users, err := app.CountRecords(collections.Users, dbx.HashExp{"role": collections.RoleAdmin, "deactivatedAt": ""})
	if err != nil {
		return unknown(check, err)
	}
	superusers, err := app.CountRecords(core.CollectionNameSuperusers, dbx.Not(dbx.HashExp{"email": core.DefaultInstallerEmail}))
	if err != nil {
		return unknown(check, err)
	}
	create := program + " admin create EMAIL"
	switch {
	case users == 0 && superusers == 0:
		return bad(check, Error, "Create the first one with: "+create, "The board has no administrator yet.")
	case users == 0:
		return bad(check, Warning, "Create one, with the superuser's address or another: "+create,
			"The board has a superuser, but no user with the role admin.")
	case superusers == 0:
		return bad(check, Warning, "Create one, with an administrator's address or another: "+create,
			"The board has an administrator, but no superuser for the admin UI.")
	}
	return fine(check, "Administrators: %d. Superusers: %d.", users, superusers)
}

// exampleDomains are those that RFC 2606 and RFC 6761 keep for documentation and tests, and those of .env.example.
var exampleDomains = []string{"example.com", "example.net", "example.org", "example", "test", "invalid"}

func isExample(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(exampleDomains, func(domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) })
}

func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// address checks the public address, which links in mails, feeds and the sitemap begin with.
func address(app core.App) Result {
	const check = "url"
	const advice = "Set JOBBOARD_URL to the address that people open, such as https://jobs. and your domain."
	given := app.Settings().Meta.AppURL
	parsed, err := url.Parse(given)
	switch {
	case err != nil || parsed.Host == "":
		return bad(check, Error, advice, "%q is no web address.", given)
	case isExample(parsed.Hostname()):
		return bad(check, Error, advice, "The public address is still an example, %s: links in mails and feeds lead nowhere.", given)
	case isLocal(parsed.Hostname()):
		return bad(check, Warning, advice, "The public address is %s: links in mails and feeds work on this machine only.", given)
	case parsed.Scheme != "https":
		return bad(check, Warning, "Serve the board by TLS (docs/deploy.md), and set JOBBOARD_URL to the https address.",
			"The public address, %s, is not encrypted: passwords can be read on their way.", given)
	}
	return fine(check, "The public address is %s.", given)
}

// sender checks the address that mails come from.
func sender(app core.App) Result {
	const check = "sender"
	const advice = "Set JOBBOARD_SENDER_ADDRESS to an address of a domain that is yours (docs/email.md)."
	given := app.Settings().Meta.SenderAddress
	_, host, found := strings.Cut(given, "@")
	switch {
	case !found:
		return bad(check, Error, advice, "%q is no address to send mails from.", given)
	case isExample(host):
		return bad(check, Error, advice, "The sender of mails is still an example, %s: mail servers refuse it.", given)
	case isLocal(host):
		return bad(check, Warning, advice, "The sender of mails, %s, is known on this machine only.", given)
	}
	return fine(check, "Mails come from %s.", given)
}

// mailWay checks that there is a way to send mails. Whether it works is for [jobboard/internal/mail.Probe] to say.
func mailWay(app core.App) Result {
	const check = "mail"
	const advice = "Set JOBBOARD_SMTP_HOST and the rest of JOBBOARD_SMTP_ (docs/email.md), then try jobboard mail test ADDRESS."
	smtp := app.Settings().SMTP
	if !smtp.Enabled {
		for _, path := range []string{"/usr/sbin/sendmail", "/usr/bin/sendmail", "sendmail"} { // where PocketBase looks
			if found, err := exec.LookPath(path); err == nil {
				return bad(check, Warning, advice, "Mails go through %s, without a mail server of yours: many recipients refuse such mails.",
					found)
			}
		}
		return bad(check, Error, advice, "There is no way to send mails: no mail server is set, and this machine has no sendmail.")
	}
	if isExample(smtp.Host) {
		return bad(check, Error, advice, "The mail server is still an example, %s.", smtp.Host)
	}
	return fine(check, "Mails go through %s, port %d.", smtp.Host, smtp.Port)
}

// failingAttempts is how often a mail was tried in its first half hour.
const failingAttempts = 3

// mailQueue checks whether mails wait that the mail server has refused again and again.
func mailQueue(app core.App) Result {
	const check = "mail_queue"
	waiting := dbx.HashExp{"mail": collections.MailPending}
	failing, err := app.CountRecords(collections.Notifications, waiting, dbx.NewExp("[[mailAttempts]] >= {:n}",
		dbx.Params{"n": failingAttempts}))
	if err != nil {
		return unknown(check, err)
	}
	if failing > 0 {
		return bad(check, Warning, "See what the mail server says: jobboard mail test ADDRESS.",
			"Mails that have failed %d times or more and are still tried: %d.", failingAttempts, failing)
	}
	return fine(check, "No mail is stuck.")
}

// limits checks that the limits on requests are on.
func limits(app core.App) Result {
	const check = "rate_limits"
	if !app.Settings().RateLimits.Enabled {
		return bad(check, Warning, "Set JOBBOARD_RATE_LIMITS=on, or turn them on in the admin UI.",
			"The limits on how often one client may call are off.")
	}
	return fine(check, "The limits on how often one client may call are on.")
}
