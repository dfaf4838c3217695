package pages

import (
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"image/color"
)

func TestAnyAccentCanBeRead(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	colours := []color.RGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {255, 255, 0, 255}, {255, 0, 0, 255},
		{0, 0, 255, 255}, {128, 128, 128, 255}}
	for range 2_000 {
		colours = append(colours, color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255})
	}
	for _, c := range colours {
		for dark, ground := range map[bool]color.RGBA{false: lightPage, true: darkPage} {
			s := shadesOf(c, dark)
			for name, ratio := range map[string]float64{"text": contrast(s.text, ground), "button": contrast(s.fill, s.on),
				"pressed button": contrast(s.hover, s.on)} {
				if ratio < 4.5 {
					t.Errorf("%s, dark %t: the %s has a contrast of %.2f", hex(c), dark, name, ratio)
				}
			}
		}
	}
}

// The colours of the style sheet that stand on one another, as "text on ground".
func TestColoursOfTheStyleSheetCanBeRead(t *testing.T) {
	sheet, err := os.ReadFile("../../pb_public/site/base.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]color.RGBA{}
	pairs := regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)
	for _, m := range pairs.FindAllStringSubmatch(string(sheet), -1) {
		light, _ := parseColour(m[2])
		dark, _ := parseColour(m[3])
		tokens[m[1]] = [2]color.RGBA{light, dark}
	}
	for mode := range 2 {
		tokens := func(name string) color.RGBA { return tokens[name][mode] }
		soft := mix(tokens("surface"), tokens("accent"), 0.11) // --accent-soft
		for _, pair := range []string{
			"text on page", "text on surface", "text on sunken", "muted on page", "muted on surface", "muted on sunken",
			"accent-text on page", "accent-text on surface",
			"accent-text on sunken", "on-accent on accent", "on-accent on accent-hover", "good on good-soft", "warn on warn-soft",
			"bad on bad-soft", "bad on surface", "star on surface",
			"text on warn-soft", "text on bad-soft", "muted on bad-soft", "accent-text on bad-soft", "accent-text on warn-soft",
		} {
			text, ground, _ := strings.Cut(pair, " on ")
			if ratio := contrast(tokens(text), tokens(ground)); ratio < 4.5 {
				t.Errorf("%s, mode %d: %.2f", pair, mode, ratio)
			}
		}
		for _, text := range []string{"accent-text", "text", "muted"} {
			if ratio := contrast(tokens(text), soft); ratio < 4.5 {
				t.Errorf("%s on accent-soft, mode %d: %.2f", text, mode, ratio)
			}
		}
		for _, ground := range []string{"page", "surface"} {
			if ratio := contrast(tokens("line-strong"), tokens(ground)); ratio < 3 {
				t.Errorf("the border of controls on %s, mode %d: %.2f", ground, mode, ratio)
			}
		}
	}
	white := color.RGBA{255, 255, 255, 255}
	found := regexp.MustCompile(`\.tint-\d+ \{ background: (#[0-9a-f]{6})`).FindAllStringSubmatch(string(sheet), -1)
	if len(found) != tints {
		t.Errorf("%d tints, want %d", len(found), tints)
	}
	for _, m := range found {
		if c, _ := parseColour(m[1]); contrast(c, white) < 4.5 {
			t.Errorf("initials on %s: %.2f", m[1], contrast(c, white))
		}
	}
}

func TestPagination(t *testing.T) {
	for _, test := range []struct {
		current, total int
		want           string
	}{
		{1, 1, ""}, {1, 2, "[1] 2 next"}, {2, 2, "previous 1 [2]"}, {1, 9, "[1] 2 … 9 next"}, {5, 9, "previous 1 … 4 [5] 6 … 9 next"},
		{4, 9, "previous 1 2 3 [4] 5 … 9 next"}, {6, 9, "previous 1 … 5 [6] 7 8 9 next"}, {9, 9, "previous 1 … 8 [9]"},
		{1, 50_000, "[1] 2 … 50000 next"}, {3, 4, "previous 1 2 [3] 4 next"},
	} {
		w, _ := newWords("en")
		p := paginate(test.current, test.total, func(int) string { return "x" })
		var parts []string
		if p.Previous != "" {
			parts = append(parts, "previous")
		}
		for _, page := range p.Pages {
			text := strings.ReplaceAll(w.number(page.Number), ",", "")
			switch {
			case page.Number == 0:
				text = "…"
			case page.Current:
				text = "[" + text + "]"
			}
			parts = append(parts, text)
		}
		if p.Next != "" {
			parts = append(parts, "next")
		}
		if got := strings.Join(parts, " "); got != test.want {
			t.Errorf("page %d of %d: %s, want %s", test.current, test.total, got, test.want)
		}
	}
}
