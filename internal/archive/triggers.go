package archive

import (
	"fmt"
	"regexp"

	"github.com/pocketbase/pocketbase/core"
)

// written matches what a statement writes to, and some keywords.
var written = regexp.MustCompile("(?i)\\b(?:INSERT(?:\\s+OR\\s+\\w+)?\\s+INTO|REPLACE\\s+INTO|UPDATE(?:\\s+OR\\s+\\w+)?|DELETE\\s+FROM)" +
	"\\s+[`\"\\[]?(\\w+)")

// suspendTriggers removes the triggers that write to what is in archives, which has all that they once wrote, and returns a function
// that brings them back. Those that fill derived tables stay.
func (i *importer) suspendTriggers(list []*core.Collection, tables []tableContent) (restore func() error, err error) {
	kept := map[string]bool{}
	for _, c := range list {
		kept[c.Name] = true
	}
	for _, t := range tables {
		kept[t.Name] = true
	}
	statements, err := column[string](i.ctx, i.db, "SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
	if err != nil {
		return nil, fmt.Errorf("find the triggers: %w", err)
	}
	names, err := column[string](i.ctx, i.db, "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
	if err != nil {
		return nil, fmt.Errorf("find the triggers: %w", err)
	}
	var removed []string
	for n, statement := range statements {
		if !writesTo(statement, kept) {
			continue
		}
		if err := i.exec("suspend the trigger "+names[n], "DROP TRIGGER "+quoted(names[n])); err != nil {
			return nil, err
		}
		removed = append(removed, statement)
	}
	return func() error {
		for _, statement := range removed {
			if err := i.exec("restore a trigger", statement); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// writesTo reports whether a trigger writes to one of the tables.
func writesTo(statement string, tables map[string]bool) bool {
	for _, match := range written.FindAllStringSubmatch(statement, -1) {
		if tables[match[1]] {
			return true
		}
	}
	return false
}
