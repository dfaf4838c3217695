package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"jobboard/internal/search/text"
)

// titlesFound returns the titles that a board with these titles finds, best first. Equal ones are in the order of the board.
func titlesFound(t *testing.T, language string, board []string, typed string) []string {
	t.Helper()
	a, err := text.New(language, "")
	must(t, err)
	ix := NewMemory(a)
	var b Batch
	for i, title := range board {
		b.Put = append(b.Put, Document{ID: string(rune('a' + i)), Title: title, Published: time.Unix(1_700_000_000, 0)})
	}
	must(t, ix.Apply(b))
	r, err := ix.Search(Query{Words: Parse(a, typed), Scope: Everything(), Limit: 50, NoSpelling: true})
	must(t, err)
	var found []string
	for _, hit := range r.Hits {
		found = append(found, board[hit.ID[0]-'a'])
	}
	return found
}

type wordsCase struct{ typed, want string }

func checkTitlesFound(t *testing.T, language string, board []string, cases []wordsCase) {
	t.Helper()
	for _, c := range cases {
		if got := strings.Join(titlesFound(t, language, board, c.typed), "; "); got != c.want {
			t.Errorf("%s, %q finds %q, want %q", language, c.typed, got, c.want)
		}
	}
}

func TestCompoundsAreFoundTogetherAndApart(t *testing.T) {
	board := []string{"Help Desk Analyst", "Helpdesk Analyst", "Desk Analyst", "Node.js Expert", "Expert for node js", "NodeJS Expert",
		"Full-stack Guru", "Fullstack Guru", "Stack Guru", "Pastry Expert", "Sous-vide Guru", "Sousvide Guru"}
	checkTitlesFound(t, "en", board, []wordsCase{
		{"help desk analyst", "Help Desk Analyst; Helpdesk Analyst"}, {"help-desk", "Help Desk Analyst; Helpdesk Analyst"},
		{"nodejs expert", "NodeJS Expert; Node.js Expert; Expert for node js"},
		{"node js expert", "Expert for node js; Node.js Expert; NodeJS Expert"},
		{"node.js expert", "Node.js Expert; NodeJS Expert; Expert for node js"},
		{"full stack guru", "Full-stack Guru; Fullstack Guru"}, {"fullstack guru", "Fullstack Guru; Full-stack Guru"},
		{"full-stack guru", "Full-stack Guru; Fullstack Guru"},
		{"sous vide", "Sous-vide Guru; Sousvide Guru"}, {"sous-vide guru", "Sous-vide Guru; Sousvide Guru"}, // in no vocabulary
	})
}

func TestRolesAreFoundByTheirOtherNames(t *testing.T) {
	board := []string{"Nanny", "Babysitter", "Warehouse Associate", "Warehouse Operative", "Worker in a warehouse", "CDL Driver", "HGV driver",
		"Server", "SQL expert", "Human Resources Generalist", "(Work from Home) $20/hr", "International Sales", "Intern", "Account Manager",
		"Junior Accountant"}
	checkTitlesFound(t, "en", board, []wordsCase{
		{"babysitter", "Babysitter; Nanny"}, {"babysitters", "Babysitter; Nanny"}, {"intern", "Intern"}, {"accountant", "Junior Accountant"},
		{"warehouse worker", "Worker in a warehouse; Warehouse Associate; Warehouse Operative"},
		{"truck drivers", "CDL Driver; HGV driver"}, {"waiter", "Server"}, {"server", "Server"}, {"HR", "Human Resources Generalist"},
	})
	a := newAnalyzer(t)
	ix := NewMemory(a)
	must(t, ix.Apply(Batch{Put: []Document{{ID: "a", Title: "Sales Manager", Body: "No nanny is needed"}}}))
	if r, err := ix.Search(Query{Words: Parse(a, "babysitter"), Scope: Everything(), Limit: 1, NoSpelling: true}); err != nil || r.Total > 0 {
		t.Errorf("another name of a role is found in a text: %v, %v", r.Hits, err)
	}
}

func TestGerman(t *testing.T) {
	board := []string{"Verkäufer (m/w/d)", "Verkaeuferin für Schuhe", "Verkauf", "Softwareentwicklung", "Entwickler:in (all genders)",
		"Kassenmitarbeiter*in", "Nurses", "Cashiers in Berlin", "Software Engineer", "Kauffrau für Büromanagement"}
	for _, typed := range []string{"Verkäufer", "verkaeufer", "verkaufer", "Verkäuferinnen", "Verkäufer:in", "Verkäufer m/w/d"} {
		want := []string{"Verkäufer (m/w/d)", "Verkaeuferin für Schuhe"}
		if got := titlesFound(t, "de", board, typed); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	checkTitlesFound(t, "de", board, []wordsCase{
		{"entwicklerin", "Entwickler:in (all genders); Software Engineer"}, {"kaufmann büromanagement", "Kauffrau für Büromanagement"},
		{"nurse", "Nurses"}, {"cashier", "Cashiers in Berlin"}, {"sales assistant", ""}, {"kassierer", "Kassenmitarbeiter*in"},
		{"the nurses of", "Nurses"},
	})
}

func TestFrench(t *testing.T) {
	board := []string{"Vendeuse (H/F)", "Conseillers de vente", "Développeur web F/H", "Agent d'accueil", "Infirmières", "Nurse",
		"Développement durable", "Stage chez L’Oréal"}
	checkTitlesFound(t, "fr", board, []wordsCase{
		{"vendeur", "Vendeuse (H/F); Conseillers de vente"}, {"vendeurs h/f", "Vendeuse (H/F); Conseillers de vente"},
		{"développeuse web", "Développeur web F/H"}, {"accueil", "Agent d'accueil"}, {"infirmier", "Infirmières; Nurse"},
		{"nurses", "Nurse; Infirmières"}, {"loréal", "Stage chez L’Oréal"}, {"l'oreal", "Stage chez L’Oréal"},
		{"developpement", "Développement durable"},
	})
}

// m/w/d and the like are no words of a title: one that has them equals the query.
func TestGenderMarksDoNotLengthenTitles(t *testing.T) {
	for language, titles := range map[string][]string{
		"de": {"Koch", "Koch (m/w/d)", "Koch*in (w/m/x)"}, "fr": {"Cuisinier", "Cuisinier H/F"}, "en": {"Baker", "Baker (m/f/d)"},
	} {
		a, err := text.New(language, "")
		must(t, err)
		ix := NewMemory(a)
		var b Batch
		for _, title := range titles {
			b.Put = append(b.Put, Document{ID: title, Title: title, Published: time.Unix(1_700_000_000, 0)})
		}
		must(t, ix.Apply(b))
		r, err := ix.Search(Query{Words: Parse(a, titles[0]), Scope: Everything(), Limit: 10})
		must(t, err)
		for _, hit := range r.Hits {
			if len(r.Hits) != len(titles) || hit.Score != r.Hits[0].Score {
				t.Errorf("%s: %+v, want equal scores", language, r.Hits)
			}
		}
	}
}
