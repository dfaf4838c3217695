package hooks_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/testapp"
)

// seenFields are the keys of a user as somebody is shown it.
func seenFields(user map[string]any) string {
	keys := []string{}
	for key := range user {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

const (
	cutUser   = "avatar collectionId collectionName email id name"
	wholeUser = "avatar collectionId collectionName created deactivatedAt email emailNotifications emailVisibility id locale name role " +
		"timeZone updated verified"
)

func TestWhoSeesWhatOfAUser(t *testing.T) {
	p := newPipeline(t)
	if answer := p.apply(t, p.seeker, nil); answer.Status != 200 {
		t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	path := testapp.Records(collections.Users, p.seeker.Id)
	for name, c := range map[string]struct {
		who  *core.Record
		want string
	}{
		"self":             {p.seeker, wholeUser},
		"admin":            {p.admin, wholeUser},
		"employer's owner": {p.owner, cutUser},
		"its member":       {p.member, cutUser},
		"another employer": {p.stranger, ""},
		"another seeker":   {p.other, ""},
		"guest":            {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			answer := p.Call(c.who, "GET", path, nil)
			if c.want == "" {
				if answer.Status != 404 {
					t.Errorf("got %d %s, want 404", answer.Status, answer.Raw)
				}
				return
			}
			if got := seenFields(answer.Body); got != c.want {
				t.Errorf("sees %s, want %s", got, c.want)
			}
			if answer.Body["email"] != p.seeker.Email() {
				t.Errorf("the address is %v", answer.Body["email"])
			}
		})
	}
	t.Run("employer by expand", func(t *testing.T) {
		items := p.Call(p.owner, "GET", testapp.Records(collections.Applications)+"?expand=seeker", nil).Items()
		if len(items) != 1 {
			t.Fatalf("%d applications", len(items))
		}
		expand, _ := items[0]["expand"].(map[string]any)
		seeker, _ := expand["seeker"].(map[string]any)
		if got := seenFields(seeker); got != cutUser {
			t.Errorf("sees %s, want %s", got, cutUser)
		}
	})
	t.Run("employer by realtime", func(t *testing.T) {
		listener := testapp.Listen(t, p.Serve(), p.Token(p.owner), "users/*")
		p.Update(p.seeker, map[string]any{"name": "Ada L."})
		var event struct {
			Record map[string]any `json:"record"`
		}
		if err := json.Unmarshal([]byte(listener.MustReceive(t).Data), &event); err != nil {
			t.Fatal(err)
		}
		if got := seenFields(event.Record); got != cutUser {
			t.Errorf("receives %s, want %s", got, cutUser)
		}
	})
	t.Run("oneself after login", func(t *testing.T) {
		answer := p.Call(nil, "POST", "/api/collections/users/auth-with-password",
			map[string]any{"identity": p.seeker.Email(), "password": testapp.Password})
		record, _ := answer.Body["record"].(map[string]any)
		if got := seenFields(record); got != wholeUser {
			t.Errorf("sees %s, want %s", got, wholeUser)
		}
	})
}

func TestPrivateUserFieldsCannotBeProbed(t *testing.T) {
	p := newPipeline(t)
	if answer := p.apply(t, p.seeker, nil); answer.Status != 200 {
		t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
	}
	list := func(who *core.Record, collection, query string) testapp.Response {
		return p.Call(who, "GET", testapp.Records(collection)+"?"+query, nil)
	}
	filter := func(text string) string { return "filter=" + url.QueryEscape(text) }
	refused := map[string]struct {
		collection, query, field string
	}{
		"own list by filter":           {collections.Users, filter(`locale = "de"`), "filter"},
		"own list by sort":             {collections.Users, "sort=-name,locale", "sort"},
		"through a relation":           {collections.Applications, filter(`status = "submitted" && (seeker.locale ?= "de")`), "filter"},
		"sorted through a relation":    {collections.Applications, "sort=seeker.created", "sort"},
		"with a modifier":              {collections.Applications, filter(`seeker.role:lower = "job_seeker"`), "filter"},
		"on the right hand side":       {collections.Applications, filter(`"de" = seeker.locale`), "filter"},
		"in a function":                {collections.Applications, filter(`strftime("%Y", seeker.created) = "2026"`), "filter"},
		"through a back relation":      {collections.Jobs, filter(`applications_via_job.seeker.verified ?= true`), "filter"},
		"through people of a company":  {collections.Employers, filter(`owner.role = "employer"`), "filter"},
		"through many people":          {collections.Employers, filter(`members.locale ?= "de"`), "filter"},
		"behind a comment":             {collections.Applications, filter("seeker.locale = 'de' // && x"), "filter"},
		"hidden from all but its user": {collections.Users, filter(`deactivatedAt = ""`), ""},
	}
	for name, c := range refused {
		t.Run(name, func(t *testing.T) {
			answer := list(p.owner, c.collection, c.query)
			if answer.Status != 400 || (c.field != "" && answer.Code(c.field) == "") {
				t.Errorf("got %d %s", answer.Status, answer.Raw)
			}
		})
	}
	for name, c := range map[string]struct {
		who               *core.Record
		collection, query string
	}{
		"admins filter by role":               {p.admin, collections.Users, filter(`role = "employer"`)},
		"admins filter through relations":     {p.admin, collections.Applications, filter(`seeker.locale = ""`)},
		"employers filter by what they see":   {p.owner, collections.Applications, filter(`seeker.name ~ "ad"`)},
		"employers sort by what they see":     {p.owner, collections.Users, "sort=name"},
		"a field of the same name elsewhere":  {p.owner, collections.Applications, "sort=-created&" + filter(`job.created != ""`)},
		"seekers sort what is theirs":         {p.seeker, collections.Users, "sort=-created"},
		"guests sort what is public":          {nil, collections.Employers, "sort=-created"},
		"a path inside JSON that reads alike": {p.owner, collections.Jobs, filter(`questions.role != "x"`)},
	} {
		t.Run(name, func(t *testing.T) {
			if answer := list(c.who, c.collection, c.query); answer.Status != 200 {
				t.Errorf("got %d %s", answer.Status, answer.Raw)
			}
		})
	}
	t.Run("what other applicants wrote", func(t *testing.T) {
		for _, question := range []string{
			`applications_via_job.seeker != "` + p.other.Id + `"`, `applications_via_job.coverLetter !~ "a"`,
			`"x" != applications_via_job.status`, `employer.jobs_via_employer.applications_via_job.status = "submitted"`,
		} {
			if answer := list(p.seeker, collections.Jobs, filter(question)); answer.Status != 400 || answer.Code("filter") == "" {
				t.Errorf("%s: got %d %s", question, answer.Status, answer.Raw)
			}
		}
		// Asking for any looks at one's own application only.
		if items := list(p.seeker, collections.Jobs, filter(`applications_via_job.seeker ?= "`+p.seeker.Id+`"`)).Items(); len(items) != 1 {
			t.Errorf("one's own: %d jobs", len(items))
		}
		if answer := p.apply(t, p.other, nil); answer.Status != 200 {
			t.Fatalf("apply: %d %s", answer.Status, answer.Raw)
		}
		if items := list(p.seeker, collections.Jobs, filter(`applications_via_job.seeker ?= "`+p.other.Id+`"`)).Items(); len(items) != 0 {
			t.Errorf("somebody else's: %d jobs", len(items))
		}
		if answer := list(nil, collections.Jobs, filter(`fields.slug = "x" || employer.name ~ "acme"`)); answer.Status != 200 {
			t.Errorf("public relations: %d %s", answer.Status, answer.Raw)
		}
	})
	t.Run("by realtime", func(t *testing.T) {
		address := p.Serve()
		token := p.Token(p.owner)
		listener := testapp.Listen(t, address, token, "applications/*")
		for name, options := range map[string]string{
			"filter":                `{"query":{"filter":"seeker.locale = 'de'"}}`,
			"half-readable options": `{"query":{"filter":"seeker.locale = 'de'"},"headers":5}`,
		} {
			if status := listener.Subscribe(t, token, "applications/*?options="+url.QueryEscape(options)); status != 400 {
				t.Errorf("%s: got %d", name, status)
			}
		}
		allowed := "applications/*?options=" + url.QueryEscape(`{"query":{"filter":"status = 'submitted'"}}`)
		if status := listener.Subscribe(t, token, allowed); status != 204 {
			t.Errorf("an allowed filter: got %d", status)
		}
	})
}
