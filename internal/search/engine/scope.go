package engine

// scopeOf gives the living documents of a segment that the caller may see.
func (v *segmentView) scopeOf(s Scope, mem *bitsetPool) bitset {
	var out bitset
	switch {
	case s.All:
		out = mem.dirty(v.docs)
		out.fill(v.docs)
	case len(s.Rules) == 0:
		return mem.cleared(v.docs)
	default:
		out = v.ruleOf(s.Rules[0], mem)
		for _, rule := range s.Rules[1:] {
			out.or(v.ruleOf(rule, mem))
		}
	}
	out.andNot(v.deleted)
	return out
}

func (v *segmentView) ruleOf(rule ScopeRule, mem *bitsetPool) bitset {
	var out bitset // nil: all so far
	if rule.IDs != nil {
		out = mem.cleared(v.docs)
		for _, id := range rule.IDs {
			if doc, ok := v.findID(id); ok {
				out.set(doc)
			}
		}
	}
	for field, values := range rule.Values {
		one := mem.cleared(v.docs)
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
		out = mem.dirty(v.docs)
		out.fill(v.docs)
	}
	return out
}
