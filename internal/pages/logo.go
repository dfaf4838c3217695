package pages

import (
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// tints is how many colours base.css has for companies without a picture.
const tints = 12

// logo is a company's picture, or its initials on a colour.
type logo struct {
	URL, Initials string
	Tint          string // class of base.css
	Size          string // class of base.css
	Pixels        int
}

// Large is the logo as it stands beside a page's heading.
func (l logo) Large() logo {
	l.Size, l.Pixels = "large", 72
	return l
}

func logoOf(e *employer) logo {
	if e.Logo != "" {
		return logo{URL: "/api/files/employers/" + url.PathEscape(e.ID) + "/" + url.PathEscape(e.Logo) + "?thumb=100x100", Pixels: 48}
	}
	hash := fnv.New32a()
	hash.Write([]byte(e.Name))
	return logo{Initials: initials(e.Name), Tint: "tint-" + strconv.Itoa(int(hash.Sum32()%tints)), Pixels: 48}
}

// initials are the first letters of the first two words.
func initials(name string) string {
	var letters []rune
	for _, word := range strings.Fields(plain(name)) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				letters = append(letters, unicode.ToUpper(r))
				break
			}
		}
		if len(letters) == 2 {
			break
		}
	}
	if len(letters) == 0 {
		return "?"
	}
	return string(letters)
}

// webAddress is a link that leads to a web page, "" for any other.
func webAddress(raw string) string {
	address, err := url.Parse(raw)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" {
		return ""
	}
	return address.String()
}

// hostOf is how a web address is shown to people.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(parsed.Hostname(), "www.")
}
