package notify

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"io"
	"net/mail"
	"strings"
	texttemplate "text/template"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"jobboard/collections"
)

//go:embed templates
var templates embed.FS

var (
	htmlTemplates = htmltemplate.Must(htmltemplate.ParseFS(templates, "templates/*.html"))
	textTemplates = texttemplate.Must(texttemplate.ParseFS(templates, "templates/*.txt"))
)

// letter is a mail about one or more notices, ready to send.
type letter struct{ message *mailer.Message }

// letterView is what the templates show.
type letterView struct {
	Board, URL  string
	Name        string // of the receiver
	Subject     string
	Items       []itemView
	Unsubscribe string // address of the page, "" on account mail
	Kinds       string // what unsubscribing ends, in words
}

type itemView struct {
	Title      string
	Lines      []string
	Link, Verb string
}

func newLetter(app core.App, user *core.Record, rows []waiting) (letter, error) {
	meta := app.Settings().Meta
	view := letterView{Board: meta.AppName, URL: strings.TrimRight(meta.AppURL, "/"), Name: user.GetString("name"), Subject: rows[0].Title}
	if len(rows) > 1 {
		view.Subject = fmt.Sprintf("%d news from %s", len(rows), meta.AppName)
	}
	for _, row := range rows {
		view.Items = append(view.Items, newItem(app, view.URL, row))
	}
	message := &mailer.Message{
		From:    sender(app),
		To:      []mail.Address{{Name: user.GetString("name"), Address: user.Email()}},
		Subject: strings.Join(strings.Fields(view.Subject), " "),
		Headers: map[string]string{
			"Message-ID": messageID(app, rows),
			// so that no absence notice answers
			"Auto-Submitted": "auto-generated",
		},
	}
	if kinds := kindsOf(rows); len(kinds) > 0 {
		token, err := newUnsubscribeToken(app, user.Id, kinds)
		if err != nil {
			return letter{}, err
		}
		view.Unsubscribe = view.URL + unsubscribePath + token
		view.Kinds = kindsInWords(kinds)
		message.Headers["List-Unsubscribe"] = "<" + view.Unsubscribe + ">"
		message.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	if interview := rows[0].interview(); interview != nil {
		calendar, err := interview.calendar(app, user)
		if err != nil {
			return letter{}, err
		}
		message.Headers[methodHeader] = string(interview.method())
		message.Attachments = map[string]io.Reader{calendarFile: strings.NewReader(calendar)}
	}
	var html, text bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&html, "mail.html", view); err != nil {
		return letter{}, fmt.Errorf("write the HTML of a mail: %w", err)
	}
	if err := textTemplates.ExecuteTemplate(&text, "mail.txt", view); err != nil {
		return letter{}, fmt.Errorf("write the text of a mail: %w", err)
	}
	message.HTML, message.Text = html.String(), text.String()
	return letter{message: message}, nil
}

// newItem shows a notice; only what has a public page gets a link of its own.
func newItem(app core.App, url string, row waiting) itemView {
	item := itemView{Title: row.Title, Link: url, Verb: "Open the board"}
	for line := range strings.Lines(row.Body) {
		if line = strings.TrimSpace(line); line != "" {
			item.Lines = append(item.Lines, line)
		}
	}
	switch row.Kind {
	case collections.KindJobPublished, collections.KindDeadlineReminder:
		var data struct{ Job string }
		if err := json.Unmarshal([]byte(row.Data), &data); err != nil || data.Job == "" {
			return item
		}
		if job, err := app.FindRecordById(collections.Jobs, data.Job); err == nil { // a deleted job has no page
			item.Link, item.Verb = url+"/jobs/"+job.Id+"/"+slug(job.GetString("title")), "View the job"
		}
	case collections.KindJobDigest:
		item.Link, item.Verb = url+"/jobs", "See all jobs"
	}
	return item
}

// slug is a title as it stands in a page's address.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "job"
	}
	return strings.Join(words, "-")
}
