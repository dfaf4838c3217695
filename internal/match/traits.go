package match

import (
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

// Traits are what the search engine looks for to find what is worth weighing. For people and jobs they are worth about the
// points that score gives for them, so that of many the right ones are weighed.

const (
	// pointsOneSkill is what one of several common skills is worth of a job whose other skills aren't known yet.
	pointsOneSkill = 16
	// pointsOneField is what one of several common fields is worth, of which the first counts most.
	pointsOneField = 14
	// pointsWord is what a word of the text is worth, times its rarity.
	pointsWord = 0.15
)

func trait(field, value string, points float64) engine.WeightedTerm {
	return engine.WeightedTerm{Value: engine.Value{Field: field, Value: value}, Weight: points, IgnoreIDF: true}
}

// anyTrait is the filter that lets pass what has one of the traits.
func anyTrait(traits []engine.WeightedTerm) engine.Filter {
	var filter engine.Filter
	for _, t := range traits {
		filter.Any = append(filter.Any, t.Value)
	}
	return filter
}

// wishTraits are what jobs for a person have: one of topics for certain, the rest perhaps.
func wishTraits(wish Wish) (topics, rest []engine.WeightedTerm) {
	for _, skill := range wish.Skills {
		topics = append(topics, trait("skills", skill, pointsOneSkill))
	}
	for _, id := range wish.Interests {
		topics = append(topics, trait("fieldId", id, pointsInterest), trait("industryId", id, pointsInterest))
	}
	for _, value := range wish.JobTypes {
		rest = append(rest, trait("jobType", value, pointsJobType))
	}
	for _, value := range wish.Workplaces {
		rest = append(rest, trait("workplace", value, pointsWorkplace))
	}
	for level := range levelYears {
		if levelFits(level, wish.Years) {
			rest = append(rest, trait("experienceLevel", level, pointsLevel))
		}
	}
	for _, place := range append([]string{wish.Home}, wish.Places...) {
		for _, value := range search.PlaceValues(resolve(place), 0) {
			rest = append(rest, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	if len(topics) == 0 && len(rest) > 0 { // who names no topic looks by circumstances
		switch {
		case len(wish.JobTypes) > 0:
			return rest[:len(wish.JobTypes)], rest[len(wish.JobTypes):]
		case len(wish.Workplaces) > 0:
			return rest[:len(wish.Workplaces)], rest[len(wish.Workplaces):]
		}
		for _, place := range wish.Places {
			for _, value := range search.PlaceValues(resolve(place), nearKm) {
				topics = append(topics, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
			}
		}
		return topics, rest
	}
	return topics, rest
}

// wishFilters leave out jobs that what a person has stated speaks against, as far as filters can tell.
func wishFilters(wish Wish) []engine.Filter {
	var filters []engine.Filter
	for field, values := range map[string][]string{"jobType": wish.JobTypes, "workplace": wish.Workplaces} {
		var filter engine.Filter
		for _, value := range values {
			filter.Any = append(filter.Any, engine.Value{Field: field, Value: value})
		}
		if len(filter.Any) > 0 {
			filters = append(filters, filter)
		}
	}
	place := engine.Filter{Any: []engine.Value{{Field: "workplace", Value: "remote"}, {Field: search.Placeless, Value: search.Placeless}}}
	for _, text := range wish.Places {
		values := search.PlaceValues(resolve(text), nearKm)
		if len(values) == 0 { // unknown to the gazetteer, so score compares the names
			return filters
		}
		place.Any = append(place.Any, values...)
	}
	if len(wish.Places) > 0 {
		filters = append(filters, place)
	}
	return filters
}

// jobTraits are what the profiles of people for a job have: one of topics for certain, the rest perhaps.
func jobTraits(job Job) (topics, rest []engine.WeightedTerm) {
	for _, skill := range job.Skills {
		topics = append(topics, trait("skills", skill, pointsSkill+pointsAllSkills/float64(len(job.Skills))))
	}
	for _, id := range job.Fields {
		topics = append(topics, trait("fieldId", id, pointsInterest))
	}
	topics = append(topics, trait(search.Topicless, search.Topicless, 0)) // who names none, whom score judges by circumstances
	rest = append(rest, trait("jobType", job.JobType, pointsJobType), trait("workplace", job.Workplace, pointsWorkplace))
	for _, place := range job.Places {
		for _, value := range search.PlaceValues(resolve(place.Name), 0) {
			rest = append(rest, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	return topics, rest
}

// likeTraits are what jobs like this one have. words are the telling ones of its text, which decide between jobs that have
// as much in common otherwise.
func likeTraits(job Job, words []engine.WeightedTerm) []engine.WeightedTerm {
	var traits []engine.WeightedTerm
	for _, word := range words {
		if word.Field != engine.FieldTitle {
			word.Weight *= pointsWord
			traits = append(traits, word)
		}
	}
	for _, word := range job.Title {
		each := pointsTitle / float64(len(job.Title))
		traits = append(traits, engine.WeightedTerm{Stem: word.Stem, Field: engine.FieldTitle, Weight: each, IgnoreIDF: true})
	}
	for _, skill := range job.Skills {
		traits = append(traits, trait("skills", skill, pointsOneSkill))
	}
	for _, id := range job.Fields {
		traits = append(traits, trait("fieldId", id, pointsOneField), trait("industryId", id, pointsOneField))
	}
	for _, place := range job.Places {
		for _, value := range search.PlaceValues(resolve(place.Name), 0) {
			traits = append(traits, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	return traits
}
