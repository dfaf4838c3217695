package client_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/assets"
	"jobboard/internal/client"
	"jobboard/internal/headers"
	"jobboard/internal/testapp"
	"jobboard/internal/workflow"
)

const page = `<html data-logo=""><title>Job Board</title><link href="../site/base.css"><script type="module" src="./main.js"></script>`

func libraries() fstest.MapFS {
	files := fstest.MapFS{
		"app/index.html": {Data: []byte(page)}, "app/admin.html": {Data: []byte(strings.ReplaceAll(page, "./main.js", "./admin/main.js"))},
	}
	for _, name := range []string{"pocketbase.es.mjs", "lit-html.js", "directive.js", "directive-helpers.js", "directives/repeat.js"} {
		files["lib/"+name] = &fstest.MapFile{Data: []byte("export {}")}
	}
	return files
}

func get(t *testing.T, files fstest.MapFS, path string) (testapp.Response, *assets.Assets) {
	t.Helper()
	loaded, err := assets.New(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	board := testapp.NewBoard(t, headers.Bind, func(app core.App) {
		app.Settings().Meta.AppName = "Jobs & <more>"
		if err := client.Bind(app, files, loaded, ""); err != nil {
			t.Fatal(err)
		}
	})
	return board.Send(httptest.NewRequest("GET", path, nil)), loaded
}

func TestPageLeadsToTheAssets(t *testing.T) {
	got, files := get(t, libraries(), "/app/")
	for _, part := range []string{`href="` + files.URL("site/base.css"), `src="` + files.URL("app/main.js"),
		"<title>Jobs &amp; &lt;more&gt;</title>"} {
		if !strings.Contains(got.Raw, part) {
			t.Errorf("%s is not in %s", part, got.Raw)
		}
	}
	policy := got.Header.Get("Content-Security-Policy")
	if got.Status != 200 || !strings.HasPrefix(policy, headers.Policy) || !strings.Contains(policy, "require-trusted-types-for 'script'") {
		t.Errorf("got %d with the policy %q", got.Status, policy)
	}
	got, files = get(t, libraries(), "/app/admin")
	if got.Status != 200 || !strings.Contains(got.Raw, `src="`+files.URL("app/admin/main.js")) {
		t.Errorf("the administration: %d %s", got.Status, got.Raw)
	}
	if got, _ := get(t, libraries(), "/app/admin/"); got.Status != 301 || got.Header.Get("Location") != "/app/admin" {
		t.Errorf("/app/admin/: %d to %q", got.Status, got.Header.Get("Location"))
	}
	if got, _ := get(t, libraries(), "/app"); got.Status != 301 || got.Header.Get("Location") != "/app/" {
		t.Errorf("/app: %d to %q", got.Status, got.Header.Get("Location"))
	}
}

func TestWithoutAnyOfItsFilesSaysHowToBuild(t *testing.T) {
	for name := range libraries() {
		files := libraries()
		delete(files, name)
		got, loaded := get(t, files, "/app/")
		if client.IsBuilt(loaded) || got.Status != 404 || !strings.Contains(got.Raw, "make assets") {
			t.Errorf("without %s: built is %v, answer %d %s", name, client.IsBuilt(loaded), got.Status, got.Raw)
		}
	}
}

// The client restates the moves for people to choose from; here it is held to the board's own table.
func TestStatusesMoveAsInTheWorkflow(t *testing.T) {
	source, err := os.ReadFile("../../pb_public/app/status.js")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	var order []string
	word := regexp.MustCompile(`[a-z_]+`)
	for _, line := range regexp.MustCompile(`(?m)^    ([a-z_]+): \[(.*)\],$`).FindAllStringSubmatch(string(source), -1) {
		order = append(order, line[1])
		got[line[1]] = word.FindAllString(line[2], -1)
	}
	if !slices.Equal(order, workflow.ApplicationStatuses()) {
		t.Errorf("the client has %v", order)
	}
	for _, status := range workflow.ApplicationStatuses() {
		if want := workflow.NextApplicationStatuses(status, workflow.EmployerPeople); !slices.Equal(got[status], want) {
			t.Errorf("from %s the client moves to %v, the board to %v", status, got[status], want)
		}
	}
}
