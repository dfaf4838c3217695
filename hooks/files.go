package hooks

import (
	"fmt"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// nameFilesByTypeOnSave gives each new file the extension of the type that its content has. PocketBase checks a file's content
// but serves some types by the extension: a picture sent as x.js would come back as a script.
func nameFilesByTypeOnSave(e *core.RecordEvent) error {
	for _, field := range e.Record.Collection().Fields {
		if field.Type() != core.FieldTypeFile {
			continue
		}
		for _, file := range e.Record.GetUnsavedFiles(field.GetName()) {
			if err := nameByType(file); err != nil {
				return fmt.Errorf("detect the type of a file for %s: %w", field.GetName(), err)
			}
		}
	}
	return e.Next()
}

func nameByType(file *filesystem.File) error {
	reader, err := file.Reader.Open()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }() // read only
	detected, err := mimetype.DetectReader(reader)
	if err != nil {
		return err
	}
	extension := detected.Extension()
	if detected.Is("application/x-ole-storage") { // older .doc files are detected as this
		extension = ".doc"
	}
	// "cv.js.pdf" must not look like two types, so all that follows the first dot goes.
	base, _, _ := strings.Cut(file.Name, ".")
	file.Name = base + extension
	return nil
}
