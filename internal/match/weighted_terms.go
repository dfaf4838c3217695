package match

import (
	"jobboard/internal/search"
	"jobboard/internal/search/engine"
)

// The search engine finds what is worth scoring by terms. Each has about the weight of the points that score gives for it, so that
// the best of many are scored.

const (
	// pointsOneSkill is the weight of one common skill, when the job's other skills aren't known yet.
	pointsOneSkill = 16
	// pointsOneField is the weight of one of several common fields, of which the first counts most.
	pointsOneField = 14
	// pointsWord is the weight of a word of the text, times its rarity.
	pointsWord = 0.15
)

func weightedTerm(field, value string, points float64) engine.WeightedTerm {
	return engine.WeightedTerm{Value: engine.Value{Field: field, Value: value}, Weight: points, IgnoreIDF: true}
}

// anyOf returns the clause that holds for what has at least one of the terms.
func anyOf(terms []engine.WeightedTerm) engine.Clause {
	var clause engine.Clause
	var condition engine.Condition
	for _, t := range terms {
		if t.Stem == "" {
			condition.Any = append(condition.Any, t.Value)
			continue
		}
		word := engine.Word{Term: t.Stem, Stem: t.Stem}
		clause.Any = append(clause.Any, engine.Alternative{Words: []engine.Word{word}, Field: t.Field})
	}
	if len(condition.Any) > 0 {
		clause.Condition = &condition
	}
	return clause
}

// roleTerms returns the terms of titles with the words of a role.
func roleTerms(role []Word) []engine.WeightedTerm {
	var terms []engine.WeightedTerm
	for _, word := range role {
		each := pointsTitle / float64(len(role))
		terms = append(terms, engine.WeightedTerm{Stem: word.Stem, Field: engine.FieldTitle, Weight: each, IgnoreIDF: true})
	}
	return terms
}

// preferenceTerms returns the terms of jobs for a person, which must have one of topics and may have any of the rest.
func preferenceTerms(prefs Preferences) (topics, rest []engine.WeightedTerm) {
	for _, skill := range prefs.Skills {
		topics = append(topics, weightedTerm("skills", skill, pointsOneSkill))
	}
	for _, id := range prefs.Interests {
		topics = append(topics, weightedTerm("fieldId", id, pointsInterest), weightedTerm("industryId", id, pointsInterest))
	}
	for _, role := range prefs.Roles {
		topics = append(topics, roleTerms(role)...)
	}
	for _, value := range prefs.JobTypes {
		rest = append(rest, weightedTerm("jobType", value, pointsJobType))
	}
	for _, value := range prefs.Workplaces {
		rest = append(rest, weightedTerm("workplace", value, pointsWorkplace))
	}
	for level := range levelYears {
		if levelFits(level, prefs.Years) {
			rest = append(rest, weightedTerm("experienceLevel", level, pointsLevel))
		}
	}
	for _, place := range append([]string{prefs.Home}, prefs.Places...) {
		for _, value := range search.PlaceValues(resolve(place), 0) {
			rest = append(rest, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	if len(topics) == 0 && len(rest) > 0 { // without a topic, circumstances decide
		switch {
		case len(prefs.JobTypes) > 0:
			return rest[:len(prefs.JobTypes)], rest[len(prefs.JobTypes):]
		case len(prefs.Workplaces) > 0:
			return rest[:len(prefs.Workplaces)], rest[len(prefs.Workplaces):]
		}
		for _, place := range prefs.Places {
			for _, value := range search.PlaceValues(resolve(place), commuteKm) {
				topics = append(topics, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
			}
		}
		return topics, rest
	}
	return topics, rest
}

// preferenceFilters returns filters without the jobs that a person's preferences exclude, as far as filters can express it.
func preferenceFilters(prefs Preferences) []engine.Filter {
	var filters []engine.Filter
	for field, values := range map[string][]string{"jobType": prefs.JobTypes, "workplace": prefs.Workplaces} {
		var filter engine.Filter
		for _, value := range values {
			filter.Any = append(filter.Any, engine.Value{Field: field, Value: value})
		}
		if len(filter.Any) > 0 {
			filters = append(filters, filter)
		}
	}
	place := engine.Filter{Any: []engine.Value{{Field: "workplace", Value: "remote"}, {Field: search.Placeless, Value: search.Placeless}}}
	for _, text := range prefs.Places {
		values := search.PlaceValues(resolve(text), commuteKm)
		if len(values) == 0 { // unknown to the gazetteer, so score compares the names
			return filters
		}
		place.Any = append(place.Any, values...)
	}
	if len(prefs.Places) > 0 {
		filters = append(filters, place)
	}
	return filters
}

// profileTerms returns the terms of profiles that fit a job, which must have one of topics and may have any of the rest.
func profileTerms(job Job) (topics, rest []engine.WeightedTerm) {
	for _, skill := range job.Skills {
		topics = append(topics, weightedTerm("skills", skill, pointsSkill+pointsAllSkills/float64(len(job.Skills))))
	}
	for _, id := range job.Fields {
		topics = append(topics, weightedTerm("fieldId", id, pointsInterest))
	}
	topics = append(topics, roleTerms(job.Title)...)
	topics = append(topics, weightedTerm(search.Topicless, search.Topicless, 0)) // those without a topic, scored by circumstances
	rest = append(rest, weightedTerm("jobType", job.JobType, pointsJobType), weightedTerm("workplace", job.Workplace, pointsWorkplace))
	for _, place := range job.Places {
		for _, value := range search.PlaceValues(resolve(place.Name), 0) {
			rest = append(rest, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	return topics, rest
}

// similarTerms returns the terms of jobs like this one. words are the significant ones of its text, which decide between jobs that
// have as much in common otherwise.
func similarTerms(job Job, words []engine.WeightedTerm) []engine.WeightedTerm {
	var terms []engine.WeightedTerm
	for _, word := range words {
		if word.Field != engine.FieldTitle {
			word.Weight *= pointsWord
			terms = append(terms, word)
		}
	}
	terms = append(terms, roleTerms(job.Title)...)
	for _, skill := range job.Skills {
		terms = append(terms, weightedTerm("skills", skill, pointsOneSkill))
	}
	for _, id := range job.Fields {
		terms = append(terms, weightedTerm("fieldId", id, pointsOneField), weightedTerm("industryId", id, pointsOneField))
	}
	for _, place := range job.Places {
		for _, value := range search.PlaceValues(resolve(place.Name), 0) {
			terms = append(terms, engine.WeightedTerm{Value: value, Weight: pointsPlace, IgnoreIDF: true})
		}
	}
	return terms
}
