package pages_test

import (
	"strings"
	"testing"
)

// The page shows what words were understood as, each with the way back, and where the jobs begin that lack some of the words.
func TestResultsShowWhatWasUnderstoodAndWhatIsMissing(t *testing.T) {
	board := newBoard(t, "en")
	employer, _ := board.Employer("Acme Works")
	board.Job(employer, "Night Gardener", map[string]any{"locations": []string{"Berlin, Germany"}})
	board.Job(employer, "Rose Gardener", map[string]any{"locations": []string{"Berlin, Germany"}})
	board.Job(employer, "Cook", map[string]any{"locations": []string{"Berlin, Germany"}})
	board.Job(employer, "Baker", map[string]any{"locations": []string{"Paris, France"}})
	got := mustShow(t, board, "/jobs?q=night+gardener+in+berlin", 200,
		"1 job for “night gardener in berlin”", "Understood as", "Berlin, Germany</bdi>", `href="/jobs?q=night&#43;gardener&#43;%22berlin%22"`,
		"These jobs have most of your words", "Without <s>night</s>")
	complete, partial, _ := strings.Cut(main(got.Raw), `id="partial"`)
	const night, rose = "/night-gardener", "/rose-gardener"
	if !strings.Contains(complete, night) || !strings.Contains(partial, rose) || strings.Contains(complete, rose) {
		t.Errorf("the jobs are not parted:\n%s", main(got.Raw))
	}
	mustShow(t, board, "/jobs?q=night+rose", 200, "0 jobs for “night rose”", "No job has all of your words. These have most of them")
	got = mustShow(t, board, "/jobs?q=gardener", 200, "2 jobs")
	if strings.Contains(got.Raw, `id="partial"`) || strings.Contains(got.Raw, "Understood") {
		t.Errorf("nothing was understood, and nothing is missing:\n%s", main(got.Raw))
	}
}

// What was understood is said in the language of the pages, with money and numbers as it writes them.
func TestResultsSayInTheirLanguageWhatWasUnderstood(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"From $50,000 a year", "Part time", "Senior", "Remote", "80 km around Berlin, Germany"},
		"de": {"Ab 50.000\u00a0$ pro Jahr", "Teilzeit", "Senior", "Remote", "Umkreis 80 km: Berlin, Deutschland"},
	} {
		got := mustShow(t, newBoard(t, language), "/jobs?q=senior+part+time+remote+gardener+$50k+within+50+miles+of+berlin", 200)
		_, chips, _ := strings.Cut(got.Raw, `class="understood"`)
		chips, _, _ = strings.Cut(chips, "</ul>")
		for _, label := range want {
			if !strings.Contains(chips, "<bdi>"+label+"</bdi>") {
				t.Errorf("%s: no chip %q in\n%s", language, label, chips)
			}
		}
		if n := strings.Count(chips, "<li>"); n != len(want) {
			t.Errorf("%s: %d chips, want %d:\n%s", language, n, len(want), chips)
		}
	}
}
