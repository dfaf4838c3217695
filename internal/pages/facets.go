package pages

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"jobboard/collections"
)

// facet is one group of choices of the search form.
type facet struct {
	Name, Label string
	Choices     []choice
}

type choice struct {
	Value, Label string
	Count        int
	Counted      string // the count in the pages' language, "" where nothing was counted
	Chosen       bool
}

// facetNames are the groups, in their order.
var facetNames = []string{"workplace", "jobType", "experienceLevel", "field", "industry"}

// shownChoices is how many choices of a group are shown besides those that are chosen.
const shownChoices = 7

// fixedValues are the values of a parameter in their natural order, nil for one with names of its own.
func fixedValues(name string) []string {
	switch name {
	case "workplace":
		return collections.Workplaces()
	case "jobType":
		return collections.JobTypes()
	case "experienceLevel":
		return collections.ExperienceLevels()
	}
	return nil
}

// facetsOf makes the groups from what the search has counted.
func (s *site) facetsOf(e *core.RequestEvent, f form, counts map[string]map[string]int) []facet {
	var groups []facet
	for _, name := range facetNames {
		group := facet{Name: name, Label: s.words.say("filter." + name)}
		for value, n := range counts[name] {
			group.Choices = append(group.Choices, choice{Value: value, Label: s.valueLabel(e, name, value), Count: n,
				Counted: s.words.number(n), Chosen: f.Has(name, value)})
		}
		if counts == nil { // nothing was counted
			for _, value := range fixedValues(name) {
				group.Choices = append(group.Choices, choice{Value: value, Label: s.valueLabel(e, name, value),
					Chosen: f.Has(name, value)})
			}
		}
		for _, value := range f.values[name] { // chosen, but without a single job
			if !slices.ContainsFunc(group.Choices, func(c choice) bool { return c.Value == value }) {
				group.Choices = append(group.Choices, choice{Value: value, Label: s.valueLabel(e, name, value), Counted: s.words.number(0),
					Chosen: true})
			}
		}
		order := fixedValues(name)
		slices.SortFunc(group.Choices, func(a, b choice) int {
			if order != nil {
				return cmp.Compare(slices.Index(order, a.Value), slices.Index(order, b.Value))
			}
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label))
		})
		if order == nil {
			shown := 0
			group.Choices = slices.DeleteFunc(group.Choices, func(c choice) bool {
				shown++
				return shown > shownChoices && !c.Chosen
			})
		}
		if len(group.Choices) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// valueLabel is how a value of a parameter is called.
func (s *site) valueLabel(e *core.RequestEvent, name, value string) string {
	switch name {
	case "field", "industry":
		return s.fields.name(e.App, value)
	case "employer":
		if company, err := s.employer(e, value); err == nil {
			return company.Name
		}
		return value
	}
	if key := name + "." + value; s.words.has(key) {
		return s.words.say(key)
	}
	return value
}

// chip is a filter that is on, with what leads to the same search without it.
type chip struct {
	Label, URL  string
	name, value string
}

// chipsOf lists what is searched for, but for the words and the order.
func (s *site) chipsOf(e *core.RequestEvent, f form) []chip {
	var chips []chip
	add := func(name, value, label string) {
		chips = append(chips, chip{Label: label, URL: f.without(name, value).address(), name: name, value: value})
	}
	if place := f.Get("location"); place != "" {
		label := place
		if radius := f.Get("radius"); radius != "" {
			label = s.aroundLabel(radius, place)
		}
		add("location", place, label)
	} else if near := f.Get("near"); near != "" {
		add("near", near, s.words.say("chip.near"))
	}
	for _, name := range choiceParams {
		for _, value := range f.values[name] {
			add(name, value, s.valueLabel(e, name, value))
		}
	}
	if least := f.Get("salaryMin"); least != "" {
		add("salaryMin", least, s.leastPayLabel(least, f.Get("salaryCurrency")))
	}
	if text := f.Get("postedWithin"); text != "" {
		label := text
		if days, err := strconv.Atoi(text); err == nil {
			label = s.words.say("chip.postedWithin", "n", days)
		}
		add("postedWithin", text, label)
	}
	return chips
}

// understood lists what words of the search text mean, with what leads to the search for the words themselves.
func (s *site) understood(e *core.RequestEvent, f form, filters []understoodFilter) []chip {
	var chips []chip
	for _, filter := range filters {
		label := filter.Label
		switch {
		case filter.Field == "salaryMin":
			label = s.leastPayLabel(filter.Value, filter.Currency)
		case filter.Radius > 0:
			label = s.aroundLabel(strconv.FormatFloat(filter.Radius, 'f', -1, 64), s.words.placeText(filter.Place))
		case filter.Field == "location":
			label = s.words.placeText(filter.Label)
		case fixedValues(filter.Field) != nil:
			label = s.valueLabel(e, filter.Field, filter.Value)
		}
		chips = append(chips, chip{Label: label, URL: f.with("q", filter.Plain).address()})
	}
	return chips
}

func (s *site) leastPayLabel(least, currency string) string {
	return s.words.say("chip.salaryMin", "pay", s.words.leastPay(least, currency))
}

func (s *site) aroundLabel(radius, place string) string {
	return s.words.say("chip.radius", "radius", radius, "place", place)
}
