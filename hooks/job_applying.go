package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/problem"
)

// appliesElsewhere reports whether a job takes no applications on the board. A row that plain SQL has written may name no method.
func appliesElsewhere(job *core.Record) bool {
	method := job.GetString("applyMethod")
	return method != "" && method != collections.ApplyOnBoard
}

// readApplyEmailOnJobRequest takes applyEmail from the body: PocketBase drops it, since the field is hidden.
func readApplyEmailOnJobRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return err
	}
	if value, sent := body["applyEmail"]; sent {
		address, _ := value.(string) // its type has been checked; null empties it
		e.Record.Set("applyEmail", address)
	}
	return e.Next()
}

// normalizeApplyMethod refuses a job that does not say where its applicants are to turn.
func normalizeApplyMethod(job *core.Record) error {
	address, email := strings.TrimSpace(job.GetString("applyUrl")), strings.TrimSpace(job.GetString("applyEmail"))
	if isHTTPS(address) {
		address = "https" + address[len("https"):] // as PocketBase takes it
	}
	job.Set("applyUrl", address)
	job.Set("applyEmail", email)
	if !isWebsite(address) || address != "" && !isHTTPS(address) {
		return problem.Field("applyUrl", problem.InvalidValue,
			"Must be an address that begins with https://, without quotes, angle brackets or spaces.")
	}
	switch job.GetString("applyMethod") {
	case "":
		job.Set("applyMethod", collections.ApplyOnBoard)
	case collections.ApplyByURL:
		if address == "" {
			return problem.Field("applyUrl", problem.Required, "Must be given where applyMethod is url.")
		}
	case collections.ApplyByEmail:
		if email == "" {
			return problem.Field("applyEmail", problem.Required, "Must be given where applyMethod is email.")
		}
	}
	return nil
}

func isHTTPS(address string) bool {
	scheme, _, _ := strings.Cut(address, ":")
	return strings.EqualFold(scheme, "https")
}
