package pages

// pagination are the links to the pages of a list, after the GOV.UK design system: none for a single page, neither previous on
// the first nor next on the last, and of many pages the first, the last, the present one and its neighbours.
type pagination struct {
	Previous, Next string // addresses
	Pages          []pageLink
}

// pageLink is a page's number, or a gap where it is 0.
type pageLink struct {
	Number  int
	URL     string
	Current bool
}

func paginate(current, total int, at func(page int) string) pagination {
	var p pagination
	if total < 2 {
		return p
	}
	if current > 1 {
		p.Previous = at(current - 1)
	}
	if current < total {
		p.Next = at(current + 1)
	}
	last := 0
	for n := 1; n <= total; n++ {
		if n > 1 && n < total && (n < current-1 || n > current+1) {
			// A gap of one page is no shorter than that page.
			if n == 2 && current == 4 || n == total-1 && current == total-3 {
				p.Pages = append(p.Pages, pageLink{Number: n, URL: at(n)})
				last = n
				continue
			}
			if n > current+1 {
				n = total - 1 // at once to the last one
			}
			continue
		}
		if n > last+1 {
			p.Pages = append(p.Pages, pageLink{})
		}
		p.Pages = append(p.Pages, pageLink{Number: n, URL: at(n), Current: n == current})
		last = n
	}
	return p
}
