package pages

import "html/template"

// icons are drawn on 24×24 by strokes, see .icon in base.css.
var icons = map[string]string{
	"search":   `<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>`,
	"pin":      `<path d="M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>`,
	"bag":      `<path d="M4 8h16v11H4zM9 8V5h6v3M4 13h16"/>`,
	"clock":    `<circle cx="12" cy="12" r="8.5"/><path d="M12 7.500V12l3 2"/>`,
	"money":    `<rect x="3" y="6" width="18" height="12" rx="2"/><circle cx="12" cy="12" r="2.5"/><path d="M6.5 12h.01M17.5 12h.01"/>`,
	"level":    `<path d="M5 19v-5M12 19V9M19 19V4"/>`,
	"tag":      `<path d="M4 4h8l8 8-8 8-8-8zM8.5 8.500h.01"/>`,
	"calendar": `<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10.500h16M8.5 3v4M15.5 3v4"/>`,
	"people": `<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6` +
		`M16 5.300a3.5 3.5 0 0 1 0 6.400M18 14.600c2 .8 3.2 2.6 3.5 5.4"/>`,
	"link":      `<path d="M9 15l6-6M10.5 6.500l2-2a5 5 0 0 1 7 7l-2 2M13.5 17.500l-2 2a5 5 0 0 1-7-7l2-2"/>`,
	"mail":      `<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="m3.5 7 8.5 6.500L20.5 7"/>`,
	"check":     `<path d="m5 12.5 4.5 4.500L19 7.5"/>`,
	"close":     `<path d="m7 7 10 10M17 7 7 17"/>`,
	"left":      `<path d="m14.5 6-6 6 6 6"/>`,
	"right":     `<path d="m9.5 6 6 6-6 6"/>`,
	"filter":    `<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>`,
	"building":  `<path d="M5 20.500V4h9v16.500M14 9.500h5v11M3 20.500h18M8 8h3M8 12h3M8 16h3"/>`,
	"warning":   `<path d="M12 4 2.5 20h19zM12 10v5M12 17.500h.01"/>`,
	"telescope": `<circle cx="10.5" cy="10.5" r="6.5"/><path d="m20 20-4.7-4.700M8 9.500c.4-1 1.3-1.6 2.5-1.6"/>`,
}

// icon is a picture beside words that say the same: nobody has to hear of it.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + icons[name] + `</svg>`)
}
