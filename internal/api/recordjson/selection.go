package recordjson

import (
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Selection is which members of a list's items are asked for. The nil selection is of all.
type Selection struct {
	own     map[string]bool
	related map[string]bool // of the record that is expanded; nil is all of them
	also    []string        // fields that are read, but not shown
}

var memberName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// Select reads the parameter fields of a list whose items have one relation expanded. It returns nil for one that asks for more than
// members by their names, such as an excerpt or a part of a JSON field: that is left to PocketBase.
func Select(fields, relation string) *Selection {
	s := &Selection{own: map[string]bool{}, related: map[string]bool{}}
	allRelated := false
	for name := range strings.SplitSeq(fields, ",") {
		name = strings.TrimSpace(name)
		if related, is := strings.CutPrefix(name, core.FieldNameExpand+"."+relation+"."); is && memberName.MatchString(related) {
			s.own[core.FieldNameExpand], s.related[related] = true, true
			continue
		}
		if !memberName.MatchString(name) {
			return nil
		}
		s.own[name] = true
		allRelated = allRelated || name == core.FieldNameExpand
	}
	if allRelated {
		s.related = nil
	}
	return s
}

// ReadFor has fields read of which a member is made, if that is asked for.
func (s *Selection) ReadFor(member string, fields ...string) {
	if s != nil && s.own[member] {
		s.also = append(s.also, fields...)
	}
}

// has reports whether a member is asked for.
func (s *Selection) has(name string) bool { return s == nil || s.own[name] }

// ofRelated returns the selection of the record that is expanded.
func (s *Selection) ofRelated() *Selection {
	if s == nil || s.related == nil {
		return nil
	}
	return &Selection{own: s.related}
}
