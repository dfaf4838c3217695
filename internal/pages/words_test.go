package pages

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"jobboard/collections"
)

// Keys that only some languages need: the API's own words are English.
func isOptional(key string) bool {
	return strings.HasPrefix(key, "wrong.") || strings.Contains(key, ".wrong.")
}

func TestEveryLanguageHasEveryText(t *testing.T) {
	english, err := newWords(DefaultLanguage)
	if err != nil {
		t.Fatal(err)
	}
	holes := regexp.MustCompile(`\{[a-z]+\}`)
	for _, lang := range Languages() {
		w, err := newWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range english.keys() {
			if !w.has(key) && !isOptional(key) {
				t.Errorf("%s has no %s", lang, key)
			}
		}
		for _, key := range w.keys() {
			if !english.has(key) {
				if !isOptional(key) {
					t.Errorf("%s has %s, which is in no use", lang, key)
				}
				continue
			}
			known := strings.Join(holes.FindAllString(english.texts[key]["other"], -1), " ")
			for form, said := range w.texts[key] {
				if strings.TrimSpace(said) == "" {
					t.Errorf("%s: %s (%s) is empty", lang, key, form)
				}
				for _, hole := range holes.FindAllString(said, -1) {
					if !strings.Contains(known, hole) {
						t.Errorf("%s: %s asks for %s, which nobody gives", lang, key, hole)
					}
				}
			}
		}
	}
}

func TestEveryTextThatIsAskedForIsThere(t *testing.T) {
	w, err := newWords(DefaultLanguage)
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`(?:\bt|say\() ?"([a-z_A-Z0-9.]+)"`)
	sources := []fs.FS{os.DirFS(".")}
	for _, source := range sources {
		err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") &&
				!strings.HasSuffix(name, ".html") {
				return err
			}
			content, err := fs.ReadFile(source, name)
			for _, found := range asked.FindAllStringSubmatch(string(content), -1) {
				if key := found[1]; !strings.HasSuffix(key, ".") && !w.has(key) {
					t.Errorf("%s asks for %s", name, key)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for prefix, values := range map[string][]string{
		"workplace.": collections.Workplaces(), "jobType.": collections.JobTypes(), "experienceLevel.": collections.ExperienceLevels(),
		"period.": collections.SalaryPeriods(), "kind.": collections.NotificationKinds(), "filter.": facetNames,
	} {
		for _, value := range values {
			if !w.has(prefix+value) && value != collections.KindAccount {
				t.Errorf("no text for %s", prefix+value)
			}
		}
	}
}

func TestPluralsAndNumbers(t *testing.T) {
	for lang, want := range map[string][]string{"en": {"0 jobs", "1 job", "1,234 jobs"}, "de": {"0 Stellen", "1 Stelle", "1.234 Stellen"}} {
		w, err := newWords(lang)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{0, 1, 1234} {
			if got := w.say("results.all", "n", n); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
	w, _ := newWords("en")
	if got := w.say("results.q", "n", 2, "q", "{place} {n}"); got != "2 jobs for “{place} {n}”" {
		t.Errorf("what is filled in is filled in itself: %q", got)
	}
}
