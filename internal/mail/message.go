package mail

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"io"
	netmail "net/mail"
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

// letter is what the templates of a mail about one or more notifications show.
type messageView struct {
	Board, URL  string
	Subject     string
	Items       []item
	Unsubscribe string // address of the page, "" on account mail
	Kinds       string // what unsubscribing ends, in words
}

type item struct {
	Title line
	Lines []line
	// Link and Verb are the button; "" where the mail's last button says the same.
	Link, Verb string
}

// line is a line of a notification; Link is "" where it leads nowhere.
type line struct{ Text, Link string }

// Dir is the direction that the line is read in: from right to left where it begins and ends so. A sentence of the board's
// own about a person with an Arabic name isn't.
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

// newMail writes the mail about one or more notifications of a user.
func newMessage(app core.App, user *core.Record, rows []queued) (*mailer.Message, error) {
	meta := app.Settings().Meta
	l := messageView{Board: meta.AppName, URL: strings.TrimRight(meta.AppURL, "/"), Subject: rows[0].Title}
	if len(rows) > 1 {
		l.Subject = fmt.Sprintf("%d news from %s", len(rows), meta.AppName)
	}
	for _, row := range rows {
		l.Items = append(l.Items, newItem(app, l.URL, row))
	}
	for i := range len(l.Items) - 1 {
		if l.Items[i].Link == l.URL {
			l.Items[i].Link = ""
		}
	}
	message := &mailer.Message{
		From:    netmail.Address{Name: oneLine(meta.SenderName), Address: meta.SenderAddress},
		To:      []netmail.Address{{Name: oneLine(user.GetString("name")), Address: user.Email()}},
		Subject: oneLine(l.Subject),
		Headers: map[string]string{
			"Message-ID": messageID(app, rows),
			// so that no absence notice answers
			"Auto-Submitted": "auto-generated",
		},
	}
	if kinds := kindsOf(rows); len(kinds) > 0 {
		token, err := newUnsubscribeToken(app, user.Id, kinds)
		if err != nil {
			return nil, err
		}
		l.Unsubscribe = l.URL + pageurl.Unsubscribe(token)
		l.Kinds = describeKinds(kinds)
		message.Headers["List-Unsubscribe"] = "<" + l.Unsubscribe + ">"
		message.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	if interview := rows[0].interview(); interview != nil {
		message.Attachments = map[string]io.Reader{calendarFile: interview.invitation(app, user)}
	}
	var html, text bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&html, "mail.html", l); err != nil {
		return nil, fmt.Errorf("write the HTML of a mail: %w", err)
	}
	if err := textTemplates.ExecuteTemplate(&text, "mail.txt", l); err != nil {
		return nil, fmt.Errorf("write the text of a mail: %w", err)
	}
	message.HTML, message.Text = html.String(), text.String()
	return message, nil
}

// newItem shows a notification; only what has a public page gets a link of its own.
func newItem(app core.App, url string, row queued) item {
	it := item{Title: line{Text: row.Title}, Link: url, Verb: "Open the board"}
	for text := range strings.Lines(row.Body) {
		if text = strings.TrimSpace(text); text != "" {
			it.Lines = append(it.Lines, line{Text: text})
		}
	}
	var data struct {
		Job  string   `json:"job"`
		Jobs []string `json:"jobs"` // of a digest or a summary, one for each of the first lines
	}
	if err := json.Unmarshal([]byte(row.Data), &data); err != nil {
		return it // data that is no object leads nowhere
	}
	switch {
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

// jobPage is the address of a job's public page, "" for a job that was deleted.
func jobPage(app core.App, url, jobID string) string {
	job, err := app.FindRecordById(collections.Jobs, jobID)
	if err != nil {
		return ""
	}
	return url + pageurl.Job(job.Id, job.GetString("title"))
}

// oneLine makes a text fit for a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
