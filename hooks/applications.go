package hooks

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
	"jobboard/internal/actor"
	"jobboard/internal/problem"
)

const maxNote = 5_000 // characters, as application_events.note

func bindApplications(app core.App) {
	app.OnRecordUpdateRequest(collections.Applications).BindFunc(readNoteOnApplicationUpdateRequest)
	app.OnRecordUpdateRequest(collections.Applications).BindFunc(skipUnchangedOnApplicationUpdateRequest)
	app.OnRecordCreate(collections.Applications).BindFunc(submitApplicationOnCreate)
	app.OnRecordUpdate(collections.Applications).BindFunc(applyApplicationUpdate)
	app.OnRecordDelete(collections.Applications).BindFunc(recountOnApplicationDelete)
	app.OnRecordUpdate(collections.ApplicationEvents).BindFunc(refuseTimelineChangeOnUpdate)
}

// readNoteOnApplicationUpdateRequest reads the note of a status change from the body: it is a field of the timeline row that the
// change writes, not of the application.
func readNoteOnApplicationUpdateRequest(e *core.RecordRequestEvent) error {
	body, err := readBody(e)
	if err != nil {
		return e.BadRequestError("Failed to read the submitted data.", err)
	}
	if value := body["note"]; value != nil {
		note, ok := value.(string)
		if !ok {
			return e.BadRequestError("Failed to save record.", problem.Field("note", problem.WrongType, "Must be a string."))
		}
		if utf8.RuneCountInString(note) > maxNote {
			return e.BadRequestError("Failed to save record.",
				problem.Field("note", problem.InvalidValue, fmt.Sprintf("Must have at most %d characters.", maxNote)))
		}
		actor.SetNote(e.Record, strings.TrimSpace(note))
	}
	return e.Next()
}

// skipUnchangedOnApplicationUpdateRequest answers a request that changes nothing, such as one for the same status again,
// without writing anything: no new "updated", no event, no notification.
func skipUnchangedOnApplicationUpdateRequest(e *core.RecordRequestEvent) error {
	normalizeStatus(e.Record)
	for _, field := range e.Collection.Fields {
		if !sameValue(e.Record.Original(), e.Record, field.GetName()) {
			return e.Next()
		}
	}
	if err := apis.EnrichRecord(e.RequestEvent, e.Record); err != nil {
		return err
	}
	return e.JSON(200, e.Record)
}
