package transfer

import (
	"strings"

	"jobboard/collections"
	"jobboard/internal/transfer/formats"
)

// setApplyMethod says in the values of a row how one applies where the row does not: at the address that it names, by e-mail, or on the
// board. A row's url stands for applyUrl where that is missing: the job is at home there.
func setApplyMethod(job *formats.Job) {
	values := job.Values
	if job.ApplyURL != "" {
		values["applyUrl"] = job.ApplyURL
	}
	if address, named := values["url"]; named {
		if values["applyUrl"] == nil || values["applyUrl"] == "" {
			values["applyUrl"] = address
		}
		delete(values, "url")
	}
	address, byURL := values["applyUrl"]
	if text, isText := address.(string); isText {
		values["applyUrl"] = secure(text)
	}
	email, byEmail := values["applyEmail"]
	if _, said := values["applyMethod"]; said || !byURL && !byEmail {
		return
	}
	isGiven := func(value any) bool { return value != nil && value != "" }
	switch {
	case isGiven(address):
		values["applyMethod"] = collections.ApplyByURL
	case isGiven(email):
		values["applyMethod"] = collections.ApplyByEmail
	default:
		values["applyMethod"] = collections.ApplyOnBoard
	}
}

// secure returns a web address with https, which sites that still write http nearly always answer too.
func secure(address string) string {
	address = strings.TrimSpace(address)
	const plain = "http://"
	if len(address) >= len(plain) && strings.EqualFold(address[:len(plain)], plain) {
		return "https://" + address[len(plain):]
	}
	return address
}
