package engine

// scopeOf returns the live documents of a segment that the caller may see.
func (v *segmentView) scopeOf(s Scope, pool *bitsetPool) bitset {
	var out bitset
	switch {
	case s.All:
		out = pool.dirty(v.docs)
		out.fill(v.docs)
	case len(s.Rules) == 0:
		return pool.cleared(v.docs)
	default:
		out = v.ruleOf(s.Rules[0], pool)
		for _, rule := range s.Rules[1:] {
			out.or(v.ruleOf(rule, pool))
		}
	}
	out.andNot(v.deleted)
	return out
}

func (v *segmentView) ruleOf(rule ScopeRule, pool *bitsetPool) bitset {
	var out bitset // nil: all so far
	if rule.IDs != nil {
		out = pool.cleared(v.docs)
		for _, id := range rule.IDs {
			if doc, ok := v.findID(id); ok {
				out.set(doc)
			}
		}
	}
	for field, values := range rule.Values {
		one := pool.cleared(v.docs)
		for _, value := range values {
			v.valuePostings(field, value).orInto(one)
		}
		if out == nil {
			out = one
		} else {
			out.and(one)
		}
	}
	if out == nil {
		out = pool.dirty(v.docs)
		out.fill(v.docs)
	}
	return out
}
