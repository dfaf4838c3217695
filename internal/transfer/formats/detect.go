package formats

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"jobboard/internal/transfer/values"
)

// HeadSize is how much of a file Detect should see.
const HeadSize = 64 << 10

// Detect returns the format of a file by its name and the beginning of its content. ok is false if neither tells.
func Detect(name string, head []byte) (format Format, ok bool) {
	extension := strings.ToLower(filepath.Ext(name))
	text := headText(head)
	found := ""
	switch {
	case IsRefused(head):
		found = "jsonl"
	case extension == ".jsonl" || extension == ".ndjson":
		found = "jsonl"
	case extension == ".csv" || extension == ".tsv":
		found = "csv"
	case strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["):
		found = detectJSON(text)
	case strings.HasPrefix(text, "<"):
		found = detectMarkup(text)
	case isTable(text):
		found = "csv"
	}
	if found == "" {
		return Format{}, false
	}
	format, err := Find(found)
	return format, err == nil
}

// Known reports whether a file of this name would be one of jobs, if its content is of a format.
func Known(name string) bool {
	extension := Extension(name)
	return slices.ContainsFunc(formats, func(f Format) bool { return slices.Contains(f.Extensions, extension) })
}

// Extension returns the extension of a file's name in lower case, without regard to compression: that of "JOBS.XML.gz" is ".xml".
func Extension(name string) string {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
}

// IsSpreadsheet reports whether a name is that of a spreadsheet, which can be saved as CSV.
func IsSpreadsheet(name string) bool {
	return slices.Contains([]string{".xlsx", ".xls", ".ods", ".numbers"}, strings.ToLower(filepath.Ext(name)))
}

func headText(head []byte) string {
	reader, err := values.UTF8(bytes.NewReader(head), "")
	if err != nil {
		return ""
	}
	var text bytes.Buffer
	_, _ = text.ReadFrom(reader) // the head may end within a character
	return strings.TrimSpace(text.String())
}

// isTable reports whether the first line of a text names columns, among them the title and another that jobs have.
func isTable(text string) bool {
	head, _, _ := strings.Cut(text, "\n")
	found := map[string]bool{}
	for name := range strings.SplitSeq(head, string(delimiter(head))) {
		found[guessField(strings.Trim(strings.TrimSpace(name), `"`))] = true
	}
	return found["title"] && (found["externalId"] || found["company"] || found["description"] || found["location"])
}

func detectMarkup(text string) string {
	lower := strings.ToLower(text)
	switch {
	case strings.Contains(lower, "<workzag-jobs"):
		return "personio"
	case strings.Contains(lower, "<html"), strings.HasPrefix(lower, "<!doctype html"), strings.Contains(lower, "application/ld+json"):
		return "jsonld"
	case strings.Contains(lower, "<source") && strings.Contains(lower, "<job"), strings.Contains(lower, "<referencenumber"):
		return "indeed"
	}
	return ""
}

// detectJSON tells JSON files apart by their keys.
func detectJSON(text string) string {
	keys := map[string]bool{}
	objects := headKeys(text, keys)
	switch {
	case keys["@type"] || keys["@context"] || keys["@graph"]:
		return "jsonld"
	case keys["offers"] || keys["careers_url"]:
		return "recruitee"
	case keys["hostedUrl"] || keys["categories"] && keys["text"]:
		return "lever"
	case keys["absolute_url"] || keys["internal_job_id"]:
		return "greenhouse"
	case keys["shortcode"]:
		return "workable"
	case keys["jobUrl"] || keys["descriptionHtml"] || keys["apiVersion"] && keys["jobs"]:
		return "ashby"
	case objects > 1 || keys["externalId"] && !strings.HasPrefix(text, "["):
		return "jsonl"
	}
	return ""
}

// headKeys collects the keys of a document's first levels, and counts the documents that the text holds.
func headKeys(text string, keys map[string]bool) (documents int) {
	decoder := json.NewDecoder(strings.NewReader(text))
	type level struct{ object, key bool }
	var levels []level
	for {
		token, err := decoder.Token()
		if err != nil {
			return documents
		}
		delimiter, isDelimiter := token.(json.Delim)
		if n := len(levels); n > 0 && levels[n-1].object && (!isDelimiter || delimiter == '{' || delimiter == '[') {
			if name, isText := token.(string); levels[n-1].key && isText && n <= 3 {
				keys[name] = true
			}
			levels[n-1].key = !levels[n-1].key
		}
		switch {
		case isDelimiter && (delimiter == '{' || delimiter == '['):
			if len(levels) == 0 {
				documents++
			}
			levels = append(levels, level{delimiter == '{', delimiter == '{'})
		case isDelimiter:
			levels = levels[:len(levels)-1]
		}
	}
}

var refusedPattern = regexp.MustCompile(`^\s*\{"(?:file|line)":[^\n]*"reason":`)

// IsRefused reports whether a file, of which head is the beginning, holds the refused rows of an import.
func IsRefused(head []byte) bool { return refusedPattern.Match(head) }
