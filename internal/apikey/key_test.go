package apikey

import (
	"strings"
	"testing"
)

const someID = "abcdefghij12345"

func TestKeysHaveOneForm(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		key, err := New(someID)
		if err != nil || len(key) != keyLength || idOf(key) != someID || seen[key] {
			t.Fatalf("New gives %q (%v), its id is %q", key, err, idOf(key))
		}
		seen[key] = true
		for i := range key {
			other := "A"
			if key[i] == 'A' {
				other = "B"
			}
			if wrong := key[:i] + other + key[i+1:]; idOf(wrong) != "" {
				t.Fatalf("%q is taken for a key", wrong)
			}
		}
	}
}

func FuzzIDOf(f *testing.F) {
	key, err := New(someID)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "jb_", key, key[:56], key + "x", strings.Repeat("jb_", 19), "jb_é", strings.ToUpper(key)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id := idOf(text); id != "" && !strings.HasPrefix(text, Prefix(id)+"_") {
			t.Errorf("the id of %q is %q", text, id)
		}
	})
}
