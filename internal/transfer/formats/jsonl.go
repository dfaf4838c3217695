package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/tools/types"
)

// maxLine is the length limit of a line of a JSON Lines file, in bytes: more than a job with every field at its longest.
const maxLine = 1 << 20

// readJSONLines reads one JSON object per line, with the field names of the jobs collection (https://jsonlines.org). A line of a file of
// refused rows stands for the row that it holds.
func readJSONLines(file io.Reader, _ Options) iter.Seq2[*Job, error] {
	return func(yield func(*Job, error) bool) {
		lines := bufio.NewReaderSize(file, 64<<10)
		for number := 1; ; number++ {
			line, tooLong, err := readLine(lines)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, fmt.Errorf("line %d: %w", number, err))
				return
			}
			if number == 1 {
				line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // byte order mark
			}
			line = bytes.TrimSpace(line)
			more := true
			switch {
			case tooLong:
				more = yield(nil, &Refusal{Line: number, Reason: fmt.Sprintf("longer than %d kB", maxLine>>10), Unnamed: true})
			case len(line) > 0:
				if job, refusal := parseJSONJob(refusedRow(line)); refusal != nil {
					refusal.Line, refusal.Row, refusal.Unnamed = number, rawRow(line), true
					more = yield(nil, refusal)
				} else {
					job.Line = number
					more = yield(job, nil)
				}
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// refusedRow returns the row that a line of a file of refused rows holds, or the line itself. A row that was no JSON is a text.
func refusedRow(line []byte) []byte {
	if !bytes.Contains(line, []byte(`"reason"`)) {
		return line
	}
	var refused struct {
		File, Field *string
		Line        *int
		Reason      *string
		Row         json.RawMessage
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&refused) != nil || refused.Reason == nil || refused.Line == nil || len(refused.Row) == 0 {
		return line
	}
	var text string
	if json.Unmarshal(refused.Row, &text) == nil {
		return []byte(text)
	}
	return refused.Row
}

// rawRow returns what was read as JSON, if need be as a text.
func rawRow(line []byte) json.RawMessage {
	if json.Valid(line) {
		return bytes.Clone(line)
	}
	raw, err := json.Marshal(strings.ToValidUTF8(string(line), "\ufffd"))
	if err != nil { // a text can be marshalled
		return nil
	}
	return raw
}

// readLine reads to the next line break. It keeps nothing of a line that is too long, so that no file can fill the memory.
func readLine(lines *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		piece, err := lines.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(piece) > maxLine; tooLong {
			line = nil
		} else {
			line = append(line, piece...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

// jsonJobFields holds the fields of a row with the function that reads each. Values of selects are text, checked by the job's hooks.
var jsonJobFields = map[string]func(raw json.RawMessage) (any, error){
	"title": decode[string], "description": decode[string], "location": decode[string], "workplace": decode[string],
	"jobType": decode[string], "experienceLevel": decode[string], "salaryCurrency": decode[string], "salaryPeriod": decode[string],
	"applyMethod": decode[string], "applyUrl": decode[string], "url": decode[string], "applyEmail": decode[string],
	"status": decode[string], "externalId": decode[string], "source": decode[string],
	"deadline": decodeDeadline, "publishedAt": decodePastDate,
	"salaryMin": decode[float64], "salaryMax": decode[float64],
	"skills": decode[[]string], "applicantCountries": decode[[]string],
	"locations": decode[[]any], "questions": decode[[]any],
}

func decode[T any](raw json.RawMessage) (any, error) {
	var value T
	err := json.Unmarshal(raw, &value)
	return value, err
}

// decodeDate rejects what PocketBase would silently read as no date.
func decodeDate(raw json.RawMessage) (any, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil || text == "" {
		return text, err
	}
	date, err := types.ParseDateTime(text)
	if err != nil || date.IsZero() {
		return nil, errors.New("must be a date and time, such as 2026-01-31 09:00:00.000Z")
	}
	return date, nil
}

// decodeDeadline keeps a day without a time as it is: the time zone of the job's place decides when it ends.
func decodeDeadline(raw json.RawMessage) (any, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil && isDay(text) {
		return text, nil
	}
	return decodeDate(raw)
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// decodePastDate reads publishedAt: with a date in the future the job would be the newest until then.
func decodePastDate(raw json.RawMessage) (any, error) {
	value, err := decodeDate(raw)
	if date, ok := value.(types.DateTime); ok && date.Time().After(time.Now()) {
		return nil, errors.New("must not lie in the future")
	}
	return value, err
}

// parseJSONJob reads one line. Keys are case-sensitive: "Title" is not "title".
func parseJSONJob(line []byte) (*Job, *Refusal) {
	if !utf8.Valid(line) {
		return nil, &Refusal{Reason: "not UTF-8"}
	}
	keys, values, err := readObject(line)
	if err != nil {
		return nil, &Refusal{Reason: err.Error()}
	}
	job := &Job{Values: map[string]any{}}
	for i, key := range keys {
		raw := values[i]
		empty := string(raw) == "null"
		var err error
		switch key {
		case "company":
			err = json.Unmarshal(raw, &job.Company)
		case "employer":
			err = json.Unmarshal(raw, &job.EmployerID)
		case "industry":
			err = json.Unmarshal(raw, &job.Industry)
		case "fields":
			err = json.Unmarshal(raw, &job.Fields)
		default:
			read, known := jsonJobFields[key]
			if !known {
				job.Ignored = append(job.Ignored, key)
				continue
			}
			job.Values[key] = nil
			if !empty {
				job.Values[key], err = read(raw)
			}
		}
		if err != nil {
			_, reason := wrongJSONType(err)
			return nil, &Refusal{Field: key, Reason: reason}
		}
	}
	return job, nil
}

// readObject reads the keys of a JSON object and their values in order. A duplicate key is an error: nothing says which of the two is
// meant.
func readObject(line []byte) (keys []string, values []json.RawMessage, err error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	opening, err := decoder.Token()
	if err != nil {
		return nil, nil, fmt.Errorf("not JSON: %w", err)
	}
	if opening != json.Delim('{') {
		return nil, nil, errors.New("not a JSON object")
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("not JSON: %w", err)
		}
		key, _ := token.(string) // guaranteed by the decoder
		if slices.Contains(keys, key) {
			return nil, nil, fmt.Errorf("%.50q comes twice", key)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, nil, fmt.Errorf("not JSON: %w", err)
		}
		keys, values = append(keys, key), append(values, value)
		if len(keys) > 1000 {
			return nil, nil, errors.New("more than 1000 keys")
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("more than one JSON value")
	}
	return keys, values, nil
}

// wrongJSONType says which field has a wrong value and what is wrong with it, without naming Go's types.
func wrongJSONType(err error) (field, reason string) {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return "", strings.TrimPrefix(err.Error(), "json: ")
	}
	want := map[string]string{"string": "text", "float64": "a number"}[wrong.Type.String()]
	if want == "" && wrong.Type.Kind() == reflect.Struct {
		want = "an object"
	}
	if want == "" {
		want = "a list"
	}
	return wrong.Field, fmt.Sprintf("must be %s, not %s", want, wrong.Value)
}
