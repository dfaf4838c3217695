// Package logs keeps personal data and secrets out of the log: what people search for, their addresses and their tokens. It cleans
// every line, PocketBase's and the board's own, before it is saved.
package logs

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Options configures the log.
type Options struct {
	Successes bool // log the requests that succeed too, not only those that fail
}

// Bind cleans every line that app logs.
func Bind(app core.App, options Options) {
	app.OnModelCreate(core.LogsTableName).BindFunc(func(e *core.ModelEvent) error {
		if line, ok := e.Model.(*core.Log); ok {
			clean(line)
		}
		return e.Next()
	})
	if options.Successes {
		return
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(apis.SkipSuccessActivityLog())
		return e.Next()
	})
}

var (
	address = regexp.MustCompile(`[\p{L}\p{N}._%+~-]+@[\p{L}\p{N}.-]+`)
	// Login and file tokens are JWTs, and API keys begin with jb_; any other text that long without spaces is one of the board's own tokens.
	token         = regexp.MustCompile(`jb_\w{15,}|eyJ[\w-]+\.[\w-]+(\.[\w-]*)?|[\w-]{60,}`)
	word          = regexp.MustCompile(`[\p{L}\p{N}]{3,}`) // shorter ones occur in any text
	unsubscribing = regexp.MustCompile(`^/unsubscribe/.*`)
	fileName      = regexp.MustCompile(`^(/api/files/[^/]*/[^/]*/).*`)
)

// clean removes from a line what the log must not keep.
func clean(line *core.Log) {
	var searched map[string]bool
	if line.Data["type"] == "request" {
		searched = cleanRequest(line)
	}
	line.Message = redact(line.Message, nil)
	data := make(types.JSONMap[any], len(line.Data))
	for key, value := range line.Data {
		if key != "error" && key != "details" {
			data[key] = redactAll(value, nil)
			continue
		}
		data[key] = redactAll(value, searched)
	}
	line.Data = data
}

// cleanRequest keeps a request's path and the site it came from, and returns the words of its query, to be removed from errors.
func cleanRequest(line *core.Log) map[string]bool {
	target, _ := line.Data["url"].(string)
	path, query, _ := strings.Cut(target, "?")
	path = cleanPath(path)
	line.Data["url"] = path
	line.Message = fmt.Sprint(line.Data["method"], " ", path)
	if referer, _ := line.Data["referer"].(string); referer != "" {
		line.Data["referer"] = ""
		if from, err := url.Parse(referer); err == nil && from.Host != "" {
			line.Data["referer"] = from.Scheme + "://" + from.Host
		}
	}
	return searchedFor(query)
}

// cleanPath replaces the names of people's files and the tokens in a path, however often it is escaped.
func cleanPath(path string) string {
	for range 3 {
		plain, err := url.PathUnescape(path)
		if err != nil || plain == path {
			break
		}
		path = plain
	}
	path, _, _ = strings.Cut(path, "?")
	path = unsubscribing.ReplaceAllString(path, "/unsubscribe/[token]")
	return fileName.ReplaceAllString(path, "${1}[file]")
}

// searchedFor returns the words in the values of a query, which errors may repeat.
func searchedFor(query string) map[string]bool {
	found := map[string]bool{}
	for pair := range strings.SplitSeq(query, "&") {
		_, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		for _, text := range word.FindAllString(plain, -1) {
			found[text] = true
		}
	}
	return found
}

// redactAll returns a value of any type with its texts redacted.
func redactAll(value any, searched map[string]bool) any {
	switch value := value.(type) {
	case nil, bool, int, int64, float64:
		return value
	case string:
		return redact(value, searched)
	case error:
		return redact(value.Error(), searched)
	case map[string]any:
		cleaned := make(map[string]any, len(value))
		for key, inner := range value {
			cleaned[key] = redactAll(inner, searched)
		}
		return cleaned
	case []any:
		cleaned := make([]any, len(value))
		for i, inner := range value {
			cleaned[i] = redactAll(inner, searched)
		}
		return cleaned
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return redact(fmt.Sprint(value), searched)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return redact(string(raw), searched)
	}
	return redactAll(plain, searched)
}

func redact(text string, searched map[string]bool) string {
	if len(searched) > 0 {
		text = word.ReplaceAllStringFunc(text, func(found string) string {
			if searched[found] {
				return "[query]"
			}
			return found
		})
	}
	text = address.ReplaceAllString(text, "[address]")
	return token.ReplaceAllString(text, "[token]")
}
