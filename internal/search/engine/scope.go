package engine

// scopeOf gives the living documents of a segment that the caller may see.
func (v *segmentView) scopeOf(s Scope, mem *scratch) bitset {
	out := mem.bits(v.docs)
	if s.All {
		out.fill(v.docs)
	}
	for _, rule := range s.Rules {
		out.or(v.ruleOf(rule, mem))
	}
	out.andNot(v.dead)
	return out
}

func (v *segmentView) ruleOf(rule ScopeRule, mem *scratch) bitset {
	out := mem.bits(v.docs)
	if rule.IDs == nil {
		out.fill(v.docs)
	}
	for _, id := range rule.IDs {
		if doc, ok := v.find(id); ok {
			out.set(doc)
		}
	}
	for field, values := range rule.Values {
		one := mem.bits(v.docs)
		for _, value := range values {
			v.value(field, value).orInto(one)
		}
		out.and(one)
	}
	return out
}
