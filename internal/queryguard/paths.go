package queryguard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/dbutils"

	"jobboard/collections"
	"jobboard/internal/actor"
)

// paths judges the paths of one query, such as "seeker.locale" on applications.
type paths struct {
	app        core.App
	caller     *core.Record
	collection *core.Collection
	query      Query
	relations  map[string]bool // that filter and sort follow
	manifold   map[string]bool // of these, the ones to several records or values
	backs      map[string]bool // of these, the steps back to records of which the caller may not see all
}

// refuse says why a path of a filter or sort isn't for the caller, or "". What PocketBase knows nothing of is left to it: it
// refuses fields that don't exist, or are hidden from all, before it asks the database.
//
// Beside paths that cost too much, two kinds are refused. Private fields of users, which the caller may see only of itself.
// And paths over several records of which the caller may not see all, with an operator that asks for all of them: PocketBase
// lets through only records that the caller may list, but for "all" it also looks at the others, so that
// "applications_via_job.seeker != X" would tell an applicant who else applied. With "?=" and its like only what the caller may
// list is looked at.
func (p *paths) refuse(path path) string {
	collection := p.collection
	names := strings.Split(path.name, ".")
	// The list of users itself shows to all but employer people the caller alone, who may sort and filter it.
	ownList := len(names) == 1 && !(p.caller != nil && p.caller.GetString("role") == collections.RoleEmployer)
	several, back := false, false
	for i, name := range names {
		field, modifier, _ := strings.Cut(name, ":")
		if !actor.IsManager(p.caller) && collection.Name == collections.Users && slices.Contains(collections.PrivateUserFields, field) && !ownList {
			return path.name + " can't be used here."
		}
		if modifier == "each" {
			p.manifold[strings.Join(names[:i+1], ".")] = true
			several = true
		}
		step := p.follow(collection, field)
		if step.to == nil || i == len(names)-1 {
			break // the value itself, or inside a JSON field, or nothing that PocketBase knows
		}
		switch {
		case i >= maxSteps:
			return fmt.Sprintf("%s follows more than %d relations.", path.name, maxSteps)
		case step.back && back:
			return path.name + " goes back twice, by _via_."
		case step.costly && !actor.IsManager(p.caller):
			return path.name + " can't be used here: " + field + " would read every record."
		}
		collection, several, back = step.to, several || step.several, back || step.back
		followed := strings.Join(names[:i+1], ".")
		p.relations[followed] = true
		if step.several {
			p.manifold[followed] = true
		}
		isPublic := collection.ListRule != nil && *collection.ListRule == ""
		if step.back && !isPublic && !actor.IsManager(p.caller) {
			p.backs[followed] = true
		}
		if several && !path.anyOf && !isPublic && !actor.IsManager(p.caller) {
			return path.name + " leads to several records: use an operator such as ?= that asks for any of them."
		}
	}
	switch {
	case path.sorts && several:
		return path.name + " leads to several records, which is no order."
	case len(p.relations) > maxRelations:
		return fmt.Sprintf("Filter and sort must follow at most %d relations.", maxRelations)
	case len(p.manifold) > maxManifold:
		return fmt.Sprintf("Filter and sort must follow at most %d relations to several records.", maxManifold)
	}
	return ""
}

// step is what one relation of a path does.
type step struct {
	to      *core.Collection // nil if it is no relation
	several bool             // leads to several records
	back    bool             // from a record to those that point to it, such as applications_via_seeker
	costly  bool             // finding them takes reading all records of their collection
}

// backRelation is a step back, and oldBackRelation the form of it that PocketBase still takes in expand.
var (
	backRelation    = regexp.MustCompile(`^(\w+)_via_(\w+)$`)
	oldBackRelation = regexp.MustCompile(`^(\w+)\((\w+)\)$`)
)

// follow makes one step of a path.
func (p *paths) follow(from *core.Collection, name string) step {
	if relation, ok := from.Fields.GetByName(name).(*core.RelationField); ok {
		to, err := p.app.FindCachedCollectionByNameOrId(relation.CollectionId)
		if err != nil {
			return step{}
		}
		return step{to: to, several: relation.IsMultiple()}
	}
	parts := backRelation.FindStringSubmatch(name)
	if parts == nil {
		parts = oldBackRelation.FindStringSubmatch(name)
	}
	if parts == nil {
		return step{}
	}
	to, err := p.app.FindCachedCollectionByNameOrId(parts[1])
	if err != nil {
		return step{}
	}
	relation, ok := to.Fields.GetByName(parts[2]).(*core.RelationField)
	if !ok {
		return step{}
	}
	_, unique := dbutils.FindSingleColumnUniqueIndex(to.Indexes, relation.Name)
	return step{to: to, several: !unique, back: true, costly: relation.IsMultiple() || !isIndexed(to, relation.Name)}
}

// isIndexed reports whether an index of the collection finds its records by the field.
func isIndexed(collection *core.Collection, field string) bool {
	return slices.ContainsFunc(collection.Indexes, func(text string) bool {
		index := dbutils.ParseIndex(text)
		return index.Where == "" && len(index.Columns) > 0 && strings.EqualFold(index.Columns[0].Name, field)
	})
}
