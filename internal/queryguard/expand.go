package queryguard

import (
	"fmt"
	"strings"

	"jobboard/internal/actor"
)

// checkExpand returns what is wrong with an expand, or "". A path that leads nowhere is left to PocketBase, which then expands nothing.
func (p *paths) checkExpand(expand string) string {
	most := maxExpands
	if p.query.Realtime {
		most = maxTopicExpand
	}
	backs, seen := map[string]bool{}, map[string]bool{}
	for text := range strings.SplitSeq(expand, ",") {
		// PocketBase reads it like this too.
		path := strings.Trim(strings.ReplaceAll(text, " ", ""), ".")
		if path == "" || seen[path] {
			continue
		}
		seen[path] = true
		names := strings.Split(path, ".")
		if len(seen) > most {
			return fmt.Sprintf("Must have at most %d paths.", most)
		}
		if len(names) > maxSteps {
			return fmt.Sprintf("%s follows more than %d relations.", path, maxSteps)
		}
		collection, back := p.collection, 0
		for i, name := range names {
			step := p.follow(collection, name)
			if step.to == nil {
				break
			}
			if step.back {
				back++
				// Paths with a common beginning are followed together up to its end.
				backs[strings.Join(names[:i+1], ".")] = true
			}
			if step.costly && !p.query.Single && !actor.IsAdminOrSuperuser(p.caller) {
				return fmt.Sprintf("%s can't be expanded in a list: %s would read every record.", path, name)
			}
			collection = step.to
		}
		if back > 1 {
			return path + " goes back twice, by _via_."
		}
		if len(backs) > maxBackExpands {
			return fmt.Sprintf("Must have at most %d paths that go back, by _via_.", maxBackExpands)
		}
	}
	return ""
}
