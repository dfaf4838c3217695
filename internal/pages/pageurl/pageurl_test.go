package pageurl

import (
	"testing"

	"github.com/gosimple/slug"
)

// FuzzJobSlug holds the short way to the long one: addresses of jobs are for good.
func FuzzJobSlug(f *testing.F) {
	for _, title := range []string{"Night Nurse", " - Senior  Go-Developer -- 2nd shift - ", "", "-", "C++ & C# @ Zürich", "A_b", "ÄÖ",
		"x\ty", "3-4 days"} {
		f.Add(title)
	}
	f.Fuzz(func(t *testing.T, title string) {
		want := slug.Make(title)
		if made, ok := plainSlug(title); ok && made != want {
			t.Errorf("%q is %q, want %q", title, made, want)
		}
	})
}

func TestJobSlug(t *testing.T) {
	for title, want := range map[string]string{"Night Nurse": "night-nurse", "Köchin & Koch": "kochin-and-koch", "--": "job", "日本": "ri-ben"} {
		if got := JobSlug(title); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
}
