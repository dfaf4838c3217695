package hooks_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
	"jobboard/internal/testapp"
)

// Withdrawing and applying again ends after a few times, and keeps the documents of the last application alone.
func TestApplyingAgainAndAgain(t *testing.T) {
	p := newPipeline(t)
	apply := func() testapp.Response {
		var form bytes.Buffer
		parts := multipart.NewWriter(&form)
		_ = parts.WriteField("job", p.job.Id)
		for i := range 3 {
			file, err := parts.CreateFormFile("documents", fmt.Sprintf("cv%d.txt", i))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = file.Write([]byte("My life so far."))
		}
		_ = parts.Close()
		r := httptest.NewRequest("POST", testapp.Records(collections.Applications), &form)
		r.Header.Set("Content-Type", parts.FormDataContentType())
		r.Header.Set("Authorization", p.Token(p.seeker))
		return p.Send(r)
	}
	for i := range 5 {
		answer := apply()
		if answer.Status != 200 {
			t.Fatalf("apply %d: %d %s", i, answer.Status, answer.Raw)
		}
		if answer := p.move(p.seeker, answer.Body["id"].(string), "withdrawn"); answer.Status != 200 {
			t.Fatalf("withdraw %d: %d %s", i, answer.Status, answer.Raw)
		}
	}
	if answer := apply(); answer.Status != 400 || answer.Code("job") != problem.LimitReached {
		t.Errorf("the sixth time: %d %s", answer.Status, answer.Raw)
	}
	kept, err := p.FindAllRecords(collections.Applications, dbx.HashExp{"seeker": p.seeker.Id})
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := p.NewFilesystem()
	if err != nil {
		t.Fatal(err)
	}
	defer fsys.Close()
	documents, files := 0, 0
	for _, application := range kept {
		documents += len(application.GetStringSlice("documents"))
		stored, err := fsys.List(application.BaseFilesPath())
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range stored {
			if !bytes.HasSuffix([]byte(file.Key), []byte(".attrs")) {
				files++
			}
		}
	}
	if documents != 3 || files != 3 {
		t.Errorf("%d documents and %d files are kept, want 3", documents, files)
	}
	if events, err := p.CountRecords(collections.ApplicationEvents); err != nil || events != 10 {
		t.Errorf("%d events (%v), want 10", events, err)
	}
	// Another job, and another seeker, are another matter.
	second := p.Job(p.employer, "Second")
	if answer := p.apply(t, p.seeker, map[string]any{"job": second.Id}); answer.Status != 200 {
		t.Errorf("another job: %d %s", answer.Status, answer.Raw)
	}
	if answer := p.apply(t, p.other, nil); answer.Status != 200 {
		t.Errorf("another seeker: %d %s", answer.Status, answer.Raw)
	}
}

func TestCaps(t *testing.T) {
	p := newPipeline(t)
	for _, c := range []struct {
		collection string
		who        *core.Record
		most       int
		fill       func(i int) map[string]any
		body       map[string]any
		field      string
	}{
		{collections.SavedSearches, p.seeker, 50,
			func(i int) map[string]any {
				return map[string]any{"seeker": p.seeker.Id, "name": fmt.Sprint(i), "query": map[string]any{"q": "go"}}
			},
			map[string]any{"name": "One more", "query": map[string]any{"q": "go"}}, "seeker"},
		{collections.Employers, p.owner, 19, // Acme is there
			func(i int) map[string]any { return map[string]any{"owner": p.owner.Id, "name": fmt.Sprint("Firm ", i)} },
			map[string]any{"name": "One more"}, "owner"},
	} {
		t.Run(c.collection, func(t *testing.T) {
			for i := range c.most {
				p.Record(c.collection, c.fill(i))
			}
			answer := p.Call(c.who, "POST", testapp.Records(c.collection), c.body)
			if answer.Status != 400 || answer.Code(c.field) != problem.LimitReached {
				t.Errorf("beyond the cap: %d %s", answer.Status, answer.Raw)
			}
			one, err := p.FindFirstRecordByData(c.collection, c.field, c.who.Id)
			if err != nil {
				t.Fatal(err)
			}
			if one.Id == p.employer.Id {
				return // has a job
			}
			if answer := p.Call(c.who, "DELETE", testapp.Records(c.collection, one.Id), nil); answer.Status != 204 {
				t.Fatalf("delete one: %d %s", answer.Status, answer.Raw)
			}
			if answer := p.Call(c.who, "POST", testapp.Records(c.collection), c.body); answer.Status != 200 {
				t.Errorf("after deleting one: %d %s", answer.Status, answer.Raw)
			}
		})
	}
}
