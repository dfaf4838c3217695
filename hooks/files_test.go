package hooks_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/textproto"
	"path"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

const smallPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// upload sends one file as multipart, as a browser form does.
func (p *pipeline) upload(
	t *testing.T, who *core.Record, method, path, field, name, content string, values map[string]string,
) testapp.Response {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range values {
		if err := form.WriteField(key, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="` + field + `"; filename="` + name + `"`},
		"Content-Type":        {"application/octet-stream"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(method, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", p.Token(who))
	return p.Send(request)
}

func (p *pipeline) download(t *testing.T, who *core.Record, record *core.Record, file string) int {
	t.Helper()
	path := "/api/files/" + record.Collection().Name + "/" + record.Id + "/" + file
	if who == nil {
		return p.Call(nil, "GET", path, nil).Status
	}
	token := p.Call(who, "POST", "/api/files/token", nil)
	if token.Status != 200 {
		t.Fatalf("file token: %d %s", token.Status, token.Raw)
	}
	return p.Call(nil, "GET", path+"?token="+token.Body["token"].(string), nil).Status
}

// A CV is for its owner and for whoever may see the record it hangs on, and for nobody else.
func TestFilesAreForThoseWhoMaySeeTheRecord(t *testing.T) {
	p := newPipeline(t)
	p.super = p.Superuser("root")
	application := p.Application(p.seeker, p.job)
	applied := p.upload(t, p.seeker, "PATCH", testapp.Records(collections.Applications, application.Id), "documents",
		"cv.pdf", smallPDF, nil)
	if applied.Status != 200 {
		t.Fatalf("send a document: %d %s", applied.Status, applied.Raw)
	}
	profile := p.profile(p.seeker)
	saved := p.upload(t, p.seeker, "PATCH", testapp.Records(collections.JobSeekers, profile.Id), "resumes", "cv.pdf", smallPDF, nil)
	if saved.Status != 200 {
		t.Fatalf("keep a resume: %d %s", saved.Status, saved.Raw)
	}
	document := p.Reload(application).GetStringSlice("documents")[0]
	resume := p.Reload(profile).GetStringSlice("resumes")[0]
	for _, name := range actors {
		want := 404
		switch name {
		case "seeker", "owner", "member", "admin", "superuser":
			want = 200
		}
		if got := p.download(t, p.actor(name), application, document); got != want {
			t.Errorf("%s reads the document: %d, want %d", name, got, want)
		}
		if got := p.download(t, p.actor(name), profile, resume); got != want {
			t.Errorf("%s reads the resume: %d, want %d", name, got, want)
		}
	}
	hidden := p.Call(p.seeker, "PATCH", testapp.Records(collections.JobSeekers, profile.Id), map[string]any{"visibility": "hidden"})
	if hidden.Status != 200 {
		t.Fatal(hidden.Raw)
	}
	if got := p.download(t, p.owner, profile, resume); got != 404 {
		t.Errorf("the owner reads a hidden profile's resume: %d", got)
	}
}

func TestWrongFilesAreRefused(t *testing.T) {
	p := newPipeline(t)
	profile := p.profile(p.seeker)
	path := testapp.Records(collections.JobSeekers, profile.Id)
	for _, c := range []struct{ name, file, content, code string }{
		{"a page", "cv.html", "<!doctype html><html><body><script>alert(1)</script></body></html>", "validation_invalid_mime_type"},
		{"a program under a CV's name", "cv.pdf", "\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00", 64), "validation_invalid_mime_type"},
		{"a picture", "cv.png", "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 64), "validation_invalid_mime_type"},
		{"eleven megabytes", "cv.txt", strings.Repeat("x", 11<<20), "validation_file_size_limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := p.upload(t, p.seeker, "PATCH", path, "resumes", c.file, c.content, nil)
			if answer.Status != 400 || answer.Code("resumes") != c.code {
				t.Errorf("got %d %s", answer.Status, answer.Raw)
			}
		})
	}
	if got := p.Reload(profile).GetStringSlice("resumes"); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
	for range 5 {
		p.upload(t, p.seeker, "PATCH", path, "resumes+", "cv.txt", "A plain CV.", nil)
	}
	if answer := p.upload(t, p.seeker, "PATCH", path, "resumes+", "cv.txt", "One more.", nil); answer.Status != 400 {
		t.Errorf("a sixth resume: %d %s", answer.Status, answer.Raw)
	}
}

// PocketBase serves some types by their extension, so a file's name follows its bytes, whatever the door and the name sent.
func TestFilesAreNamedByTheirType(t *testing.T) {
	p := newPipeline(t)
	profile := p.profile(p.seeker)
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + strings.Repeat("\x00", 64)
	for _, c := range []struct{ collection, id, field, name, content, extension, media string }{
		{collections.Users, p.seeker.Id, "avatar", "x.js", png, ".png", "image/png"},
		{collections.Users, p.seeker.Id, "avatar", "x.svg", png, ".png", "image/png"},
		{collections.Users, p.seeker.Id, "avatar", "noextension", png, ".png", "image/png"},
		{collections.JobSeekers, profile.Id, "resumes", "cv.mjs", "A plain life.", ".txt", "text/plain; charset=utf-8"},
		{collections.JobSeekers, profile.Id, "resumes", "cv.js.pdf", smallPDF, ".pdf", "application/pdf"},
		{collections.JobSeekers, profile.Id, "resumes", "cv.HTML", "{\\rtf1 A life.}", ".rtf", "text/rtf"},
	} {
		answer := p.upload(t, p.seeker, "PATCH", testapp.Records(c.collection, c.id), c.field, c.name, c.content, nil)
		if answer.Status != 200 {
			t.Errorf("%s: %d %s", c.name, answer.Status, answer.Raw)
			continue
		}
		record, err := p.FindRecordById(c.collection, c.id)
		if err != nil {
			t.Fatal(err)
		}
		stored := record.GetStringSlice(c.field)[0]
		if path.Ext(stored) != c.extension || strings.Count(stored, ".") != 1 {
			t.Errorf("%s is stored as %s, want %s", c.name, stored, c.extension)
		}
		url := "/api/files/" + c.collection + "/" + c.id + "/" + stored
		if c.field != "avatar" {
			url += "?token=" + p.Call(p.seeker, "POST", "/api/files/token", nil).Body["token"].(string)
		}
		if got := p.Call(nil, "GET", url, nil).Header.Get("Content-Type"); got != c.media {
			t.Errorf("%s comes back as %q, want %q", c.name, got, c.media)
		}
	}
}
