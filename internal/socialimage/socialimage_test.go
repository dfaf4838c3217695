package socialimage

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var green = color.RGBA{0x0d, 0x6b, 0x58, 0xff}

func card(title, company, place string) Card {
	return Card{Title: title, Company: company, Place: place, Board: "Example Jobs", Accent: green,
		OnAccent: color.RGBA{255, 255, 255, 255}}
}

// Cards of the kinds that boards have, and of those that nobody should.
var cards = map[string]Card{
	"plain": card("Senior gardener of the northern parks", "Acme Works", "Berlin, Germany"),
	"short": card("Go", "X", ""),
	"long": card(strings.Repeat("Leitende Verwaltungsfachangestellte für Straßenbau ", 5), strings.Repeat("Sehr lange Firma ", 9),
		strings.Repeat("Ort, ", 60)),
	"one word": card("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenherstellerinnenlehrling", "Österreichische Gesellschaft",
		"Wien"),
	"emoji":    card("🚀🔥 Developer 💻 (m/w/d) 👩‍👩‍👧", "🍏 Äpfel & Söhne", "Zürich 🇨🇭"),
	"cjk":      card("高级软件工程师 (Go) 東京本社勤務", "株式会社サンプル", "東京都, 日本"),
	"arabic":   card("مهندس برمجيات أول (Go)", "شركة المثال", "دبي, الإمارات"),
	"hebrew":   card("מפתחת תוכנה בכירה", "חברה לדוגמה", "תל אביב"),
	"cyrillic": card("Ведущий инженер-программист", "Пример", "Київ, Україна"),
	"thai":     card("วิศวกรซอฟต์แวร์", "บริษัท", "กรุงเทพ"),
	"nothing":  card("\U0001F9FF\u200d\u202e", "\x00\x01", "\ufffd"),
}

func TestEveryCardBecomesAPicture(t *testing.T) {
	for name, card := range cards {
		drawn, err := Draw(card)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if dir := os.Getenv("PICTURES"); dir != "" { // to look at them
			if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".png"), drawn, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		config, err := png.DecodeConfig(bytes.NewReader(drawn))
		if err != nil || config.Width != 1200 || config.Height != 630 || len(drawn) > 200_000 {
			t.Errorf("%s: %v, %d×%d in %d bytes", name, err, config.Width, config.Height, len(drawn))
		}
		again, err := Draw(card)
		if err != nil || !bytes.Equal(drawn, again) {
			t.Errorf("%s: drawn twice, the pictures differ", name)
		}
	}
}

func TestTitlesKeepTheirLines(t *testing.T) {
	p := &painter{}
	s := style{bold: true, size: 52}
	for name, card := range cards {
		lines, _ := p.wrap(s, textWidth, 4, legible(card.Title))
		for _, line := range lines {
			if width := p.width(s, line); width > textWidth {
				t.Errorf("%s: the line %q is %.0f pixels wide", name, line, width)
			}
		}
		if len(lines) > 4 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
	}
}

func TestWhatNoFontHasIsWrittenInLatinOrLeftOut(t *testing.T) {
	for text, want := range map[string]string{
		"Gardener 🪴": "Gardener", "\U0001F9FF": "", "高级": "高级", "Cafe\u0301": "Café", "a\u202eb\tc\nd": "ab c d", "ก": "k",
	} {
		if got := legible(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := len([]rune(legible(strings.Repeat("a", 100_000)))); got != mostLetters {
		t.Errorf("%d letters are looked at", got)
	}
}

func BenchmarkDraw(b *testing.B) {
	for name, card := range cards {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Draw(card); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
