package hooks

import (
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/internal/problem"
)

const maxWebsite = 2_000 // characters

// checkWebsiteOnSave refuses a website that is not a plain web address, since it becomes a link on pages, in feeds and in mails.
func checkWebsiteOnSave(e *core.RecordEvent) error {
	website := e.Record.GetString("website")
	if website != e.Record.Original().GetString("website") && !isWebsite(website) {
		return problem.Field("website", problem.InvalidValue,
			"Must be an address that begins with http:// or https://, without quotes, angle brackets or spaces.")
	}
	return e.Next()
}

// isWebsite reports whether text is empty or an absolute http(s) URL that is safe to put into an attribute.
func isWebsite(text string) bool {
	if text == "" {
		return true
	}
	isControl := func(r rune) bool { return r < ' ' || r == 0x7f }
	if len(text) > maxWebsite || strings.ContainsAny(text, "\"'`<>\\ ") || strings.ContainsFunc(text, isControl) {
		return false
	}
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Hostname() != "" && address.User == nil
}
