package assets

import "testing"

func TestServedModulesHaveNoCommentsOfTheirOwn(t *testing.T) {
	source := "// What it is.\nimport { a } from \"./a.js\";\n\n/**\n * b does it ** twice **.\n * @param {string} c\n */\n" +
		"export function b(c) {\n" +
		"    // why\n    return /** @type {D} */ (a(c)); // how\n}\n/** e */\n/** @type {F} */ (b)(\"http://g\");\n"
	want := "\nimport { a } from \"./a.js\";\n\n\n\n\n\nexport function b(c) {\n" +
		"\n    return /** @type {D} */ (a(c)); // how\n}\n\n/** @type {F} */ (b)(\"http://g\");\n"
	if got := string(served("app/views/b.js", []byte(source))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{"lib/b.js", "app/b.css", "site/b.js"} {
		if got := string(served(name, []byte(source))); got != source {
			t.Errorf("%s is changed: %q", name, got)
		}
	}
}
