package text

import (
	"fmt"
	"strings"
)

// ReadList calls read for each line of a list that an owner may edit, without comments and the spaces around it. It skips empty lines,
// and returns an error for each line that read refuses.
func ReadList(list string, read func(line string) error) (wrong []error) {
	number := 0
	for whole := range strings.Lines(list) {
		number++
		line, _, _ := strings.Cut(whole, " # ")
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := read(line); err != nil {
			wrong = append(wrong, fmt.Errorf("line %d: %w: %s", number, err, strings.TrimSpace(whole)))
		}
	}
	return wrong
}
