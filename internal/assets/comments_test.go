package assets

import "testing"

func TestServedModulesHaveNoCommentsOfTheirOwn(t *testing.T) {
	source := "// What it is.\nimport { a } from \"./a.js\";\n\n/**\n * b does it ** twice **.\n * @param {string} c\n */\n" +
		"export function b(c) {\n" +
		"    // why\n    return /** @type {D} */ (a(c)); // how\n}\n/** e */\n/** @type {F} */ (b)(\"http://g\");\n"
	want := "\nimport { a } from \"./a.js\";\n\n\n\n\n\nexport function b(c) {\n" +
		"\n return (a(c)); // how\n}\n\n(b)(\"http://g\");\n"
	if got := string(served("app/views/b.js", []byte(source))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{"lib/b.js", "site/b.js"} {
		if got := string(served(name, []byte(source))); got != source {
			t.Errorf("%s is changed: %q", name, got)
		}
	}
}

func TestServedStyleSheetsHaveNoComments(t *testing.T) {
	source := "/* What it is: ** a **\n   list. */\n:root { --a: url(/b*c); /* why */ --d: 1px; }\n"
	want := "\n\n:root { --a: url(/b*c); --d: 1px; }\n"
	for _, name := range []string{"app/a.css", "site/a.css"} {
		if got := string(served(name, []byte(source))); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := string(served("lib/a.css", []byte(source))); got != source {
		t.Errorf("lib/a.css is changed: %q", got)
	}
}
