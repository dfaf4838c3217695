package formats

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestMendedXML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"<a>R&D</a>", "<a>R&amp;D</a>"},
		{"<url>https://ats.example/?a=1&b=2&lt=3&copy;</url>", "<url>https://ats.example/?a=1&amp;b=2&amp;lt=3&copy;</url>"},
		{"&amp;&apos;&nbsp;&#8364;&#x20AC;&thetasym;", "&amp;&apos;&nbsp;&#8364;&#x20AC;&thetasym;"},
		{"&bogus;&#;&#x;&#8g;&;& &", "&amp;bogus;&amp;#;&amp;#x;&amp;#8g;&amp;;&amp; &amp;"},
		{"<![CDATA[R&D]]]> & ]]>&<![CDATA[&]]>", "<![CDATA[R&D]]]> &amp; ]]>&amp;<![CDATA[&]]>"},
		{"a\x00b\x0bc\td\r\n<![CDATA[\x1f]]>", "a b c\td\r\n<![CDATA[ ]]>"},
		{"<![CDAT", "<![CDAT"},
		{"", ""},
	} {
		for name, from := range map[string]io.Reader{
			"at once": strings.NewReader(c.text), "by bytes": iotest.OneByteReader(strings.NewReader(c.text)),
		} {
			mended := newMendedXML(from)
			if got, err := io.ReadAll(iotest.OneByteReader(mended)); err != nil || string(got) != c.want {
				t.Errorf("%q %s: %q (%v), want %q", c.text, name, got, err, c.want)
			}
		}
	}
	if _, err := io.ReadAll(newMendedXML(iotest.ErrReader(io.ErrClosedPipe))); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("an error became %v", err)
	}
}

func TestAnAmpersandDoesNotEndAnImport(t *testing.T) {
	got := describe(t, "indeed", strings.NewReader(`<source><job><title>R&D Cook</title><referencenumber>1</referencenumber>
		<url>https://ats.example/?a=1&b=2</url></job><job><title>Waiter</title><referencenumber>2</referencenumber></job></source>`), Options{})
	for _, want := range []string{"R&D Cook", "https://ats.example/?a=1&b=2", "Waiter"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
}
