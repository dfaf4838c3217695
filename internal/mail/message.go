package mail

import (
	"bytes"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"io"
	netmail "net/mail"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"
	"golang.org/x/text/unicode/bidi"

	"jobboard/collections"
	"jobboard/internal/pages/pageurl"
)

//go:embed templates
var templates embed.FS

var (
	htmlTemplates = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/*.html"))
	textTemplates = texttemplate.Must(texttemplate.ParseFS(templates, "templates/*.txt"))
)

// messageView is what the templates show of a mail about one or more notifications.
type messageView struct {
	Board, URL  string
	Subject     string
	Items       []item
	Unsubscribe string // address of the page; "" on account mails
	Kinds       string // what unsubscribing stops, in words
	// AboutAccount says that somebody has asked for the mail, perhaps with the address of somebody who has no account.
	AboutAccount bool
}

// Styles that the templates set inline, since some mail clients ignore style sheets.
const (
	paragraphStyle = "color:#3d4856"
	linkStyle      = "color:#1f5fbf"
	buttonStyle    = "display:inline-block;margin-top:12px;padding:10px 18px;border-radius:6px;background:#1f5fbf;color:#ffffff;" +
		"font-weight:600;text-decoration:none"
)

func newView(app core.App, subject string) messageView {
	meta := app.Settings().Meta
	return messageView{Board: meta.AppName, URL: strings.TrimRight(meta.AppURL, "/"), Subject: subject}
}

// render sets the HTML and the text of a message.
func (v messageView) render(message *mailer.Message) error {
	var html, text bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&html, "mail.html", v); err != nil {
		return fmt.Errorf("render the HTML of a mail: %w", err)
	}
	if err := textTemplates.ExecuteTemplate(&text, "mail.txt", v); err != nil {
		return fmt.Errorf("render the text of a mail: %w", err)
	}
	message.HTML, message.Text = html.String(), text.String()
	return nil
}

// Paragraph, LinkColour and Button return the styles for the template.
func (messageView) Paragraph() htmltemplate.CSS  { return paragraphStyle }
func (messageView) LinkColour() htmltemplate.CSS { return linkStyle }
func (messageView) Button() htmltemplate.CSS     { return buttonStyle }

type item struct {
	Title line
	Lines []line
	// HTML and Text are what an account mail says in place of lines.
	HTML htmltemplate.HTML
	Text string
	// Link and Verb are the button; "" if a later button of the mail is the same.
	Link, Verb string
}

// line is a line of a notification; Link, of what follows Label, is "" where it leads nowhere.
type line struct{ Label, Text, Link string }

// Dir returns the direction of the line: right to left if both its first and its last letter are. An English sentence about a person
// with an Arabic name is not.
func (l line) Dir() string {
	letters := []rune(strings.Map(func(char rune) rune {
		if !unicode.IsLetter(char) {
			return -1
		}
		return char
	}, l.Text))
	if len(letters) > 0 && isRightToLeft(letters[0]) && isRightToLeft(letters[len(letters)-1]) {
		return "rtl"
	}
	return "ltr"
}

func isRightToLeft(char rune) bool {
	properties, _ := bidi.LookupString(string(char))
	return properties.Class() == bidi.R || properties.Class() == bidi.AL
}

// newMessage renders the mail about one or more notifications of a user.
func newMessage(app core.App, user *core.Record, rows []queued) (*mailer.Message, error) {
	meta := app.Settings().Meta
	view := newView(app, rows[0].Title)
	if len(rows) > 1 && rows[0].progressOf() == "" {
		view.Subject = fmt.Sprintf("%d updates from %s", len(rows), meta.AppName)
	}
	about, err := correspondenceOf(app, user, rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		view.Items = append(view.Items, newItem(app, user, view.URL, row))
	}
	for i, it := range view.Items {
		if slices.ContainsFunc(view.Items[i+1:], func(later item) bool { return later.Link == it.Link }) {
			view.Items[i].Link = ""
		}
	}
	message := &mailer.Message{
		From:    netmail.Address{Name: oneLine(meta.SenderName), Address: meta.SenderAddress},
		To:      []netmail.Address{{Name: oneLine(user.GetString("name")), Address: user.Email()}},
		Subject: oneLine(view.Subject),
		Headers: map[string]string{
			"Message-ID": messageID(app, rows),
			// so that no out-of-office reply comes back
			"Auto-Submitted": "auto-generated",
		},
	}
	if address := about.replyTo(); address != nil {
		message.Headers["Reply-To"] = address.String()
	}
	if kinds := kindsOf(rows); len(kinds) > 0 {
		token, err := newUnsubscribeToken(app, user.Id, kinds)
		if err != nil {
			return nil, err
		}
		view.Unsubscribe = view.URL + pageurl.Unsubscribe(token)
		view.Kinds = describeKinds(kinds)
		message.Headers["List-Unsubscribe"] = "<" + view.Unsubscribe + ">"
		message.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	if interview := rows[0].interview(); interview != nil {
		message.Attachments = map[string]io.Reader{calendarFile: interview.invitation(app, user, about)}
	}
	return message, view.render(message)
}

// newItem returns what the mail shows of a notification; only what has a public page gets a link of its own.
func newItem(app core.App, user *core.Record, url string, row queued) item {
	it := item{Title: line{Text: row.Title}, Link: url, Verb: "Open the board"}
	for text := range strings.Lines(row.Body) {
		if text = strings.TrimSpace(text); text != "" {
			it.Lines = append(it.Lines, newLine(text))
		}
	}
	data := row.details()
	switch {
	case data.Application != "" && user.GetString("role") == collections.RoleEmployer:
		it.Link, it.Verb = url+pageurl.Applicant(data.Application), "See the application"
	case data.Application != "":
		it.Link, it.Verb = url+pageurl.OwnApplication(data.Application), "See your application"
	case row.Kind == collections.KindDeadlineReminder && data.Renew:
		it.Link, it.Verb = url+pageurl.OwnJob(data.Job), "Renew the job"
	case row.Kind == collections.KindJobNotPublished:
		it.Link, it.Verb = url+pageurl.OwnJob(data.Job), "See the job"
	case row.Kind == collections.KindDeadlineReminder, row.Kind == collections.KindJobPublished && data.Job != "":
		if page := jobPage(app, url, data.Job); page != "" {
			it.Link, it.Verb = page, "View the job"
		}
	case row.Kind == collections.KindJobDigest, row.Kind == collections.KindJobPublished:
		it.Link, it.Verb = url+pageurl.Jobs, "See all jobs"
		for i := range min(len(data.Jobs), len(it.Lines)) {
			it.Lines[i].Link = jobPage(app, url, data.Jobs[i])
		}
	}
	return it
}

// newLine returns a line, with a link to the video call where it says that an interview is one.
func newLine(text string) line {
	const label = "Where: "
	address, ok := strings.CutPrefix(text, label)
	if !ok || !strings.HasPrefix(address, "https://") || strings.ContainsAny(address, " \t") {
		return line{Text: text}
	}
	return line{Label: label, Text: address, Link: address}
}

// jobPage returns the address of a job's public page, or "" for a deleted job.
func jobPage(app core.App, url, jobID string) string {
	job, err := app.FindRecordById(collections.Jobs, jobID)
	if err != nil {
		return ""
	}
	return url + pageurl.Job(job.Id, job.GetString("title"))
}

// oneLine returns a text without line breaks, fit for a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
