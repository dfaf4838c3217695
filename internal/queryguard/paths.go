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

// paths checks the paths of one query, such as "seeker.locale" on applications.
type paths struct {
	app        core.App
	caller     *core.Record
	collection *core.Collection
	query      Query
	relations  map[string]bool // the relations that filter and sort follow
	manifold   map[string]bool // of these, the ones that lead to several records or values
	backs      map[string]bool // of these, the back relations to records of which the caller may not see all
}

// refuse returns why a path of a filter or sort isn't for the caller, or "". Fields that don't exist or are hidden from everybody are left
// to PocketBase, which refuses them before it queries the database.
//
// Besides paths that cost too much, two kinds are refused: private fields of other users, and paths over several records of which the
// caller may not see all, with an operator that asks for all of them. PocketBase returns only records that the caller may list, but for
// such an operator it also looks at the others: "applications_via_job.seeker != X" would reveal to an applicant who else has applied.
// With "?=" and the like it looks only at records that the caller may list.
func (p *paths) refuse(path path) string {
	collection := p.collection
	names := strings.Split(path.name, ".")
	// The list of users shows only the caller, who may sort and filter it, except to employer people.
	ownList := len(names) == 1 && !(p.caller != nil && p.caller.GetString("role") == collections.RoleEmployer)
	several, back := false, false
	for i, name := range names {
		field, modifier, _ := strings.Cut(name, ":")
		isPrivate := collection.Name == collections.Users && slices.Contains(collections.PrivateUserFields, field)
		if isPrivate && !ownList && !actor.IsAdminOrSuperuser(p.caller) {
			return path.name + " can't be used here."
		}
		if modifier == "each" {
			p.manifold[strings.Join(names[:i+1], ".")] = true
			several = true
		}
		step := p.follow(collection, field)
		if step.to == nil || i == len(names)-1 {
			break // a field, a part of a JSON field, or something that does not exist
		}
		switch {
		case i >= maxSteps:
			return fmt.Sprintf("%s follows more than %d relations.", path.name, maxSteps)
		case step.back && back:
			return path.name + " goes back twice, by _via_."
		case step.costly && !actor.IsAdminOrSuperuser(p.caller):
			return path.name + " can't be used here: " + field + " would read every record."
		}
		if collections.IsAPIKey(p.caller) && !collections.HasScope(p.caller, collections.ReadScopes[step.to.Name]) {
			return path.name + " leads to " + step.to.Name + ", which is beyond the scopes of this API key."
		}
		collection, several, back = step.to, several || step.several, back || step.back
		followed := strings.Join(names[:i+1], ".")
		p.relations[followed] = true
		if step.several {
			p.manifold[followed] = true
		}
		isPublic := collection.ListRule != nil && *collection.ListRule == ""
		if step.back && !isPublic && !actor.IsAdminOrSuperuser(p.caller) {
			p.backs[followed] = true
		}
		if several && !path.anyOf && !isPublic && !actor.IsAdminOrSuperuser(p.caller) {
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

// step is one relation of a path.
type step struct {
	to      *core.Collection // nil if it is not a relation
	several bool             // leads to several records
	back    bool             // from a record to those that point to it, such as applications_via_seeker
	costly  bool             // finding the records requires reading all of their collection
}

// backRelation matches a back relation, and oldBackRelation the older form that PocketBase still accepts in expand.
var (
	backRelation    = regexp.MustCompile(`^(\w+)_via_(\w+)$`)
	oldBackRelation = regexp.MustCompile(`^(\w+)\((\w+)\)$`)
)

// follow returns the step that a name of a path stands for.
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

// isIndexed reports whether the collection has an index that begins with the field.
func isIndexed(collection *core.Collection, field string) bool {
	return slices.ContainsFunc(collection.Indexes, func(text string) bool {
		index := dbutils.ParseIndex(text)
		return index.Where == "" && len(index.Columns) > 0 && strings.EqualFold(index.Columns[0].Name, field)
	})
}
