package pdf

import "math"

const (
	plotHeight = 48.0 // millimetres
	axisWidth  = 13.0
	barHeight  = 6.2
	labelSize  = 7.0 // points
)

func (c Chart) draw(p *page) {
	if c.Shape == Bars {
		c.drawBars(p)
		return
	}
	p.heading(c.Title, c.Meaning, plotHeight+14)
	if len(c.Series) > 1 {
		c.legend(p)
	}
	top, plot := p.y+1, lineWidth-axisWidth
	step, highest := scale(c.largest())
	at := func(value float64) float64 { return top + plotHeight*(1-value/highest) }
	for value := 0.0; value <= highest+step/2; value += step {
		p.stroke(hairline, 0.2)
		p.pdf.Line(margin+axisWidth, at(value), pageWidth-margin, at(value))
		p.ink(grey)
		label := FormatNumber(value, 2)
		p.text.set(margin+axisWidth-1.5-p.text.width(plain, labelSize, label), at(value)+0.9, plain, labelSize, label)
	}
	if n := len(c.Labels); n > 0 {
		slot := plot / float64(n)
		c.drawLabels(p, top+plotHeight+4, slot)
		for i, series := range c.Series {
			if c.Shape == Columns {
				c.drawColumns(p, i, series, slot, at)
			} else {
				c.drawLine(p, i, series, slot, at)
			}
		}
	}
	p.y = top + plotHeight + 12
}

func (c Chart) legend(p *page) {
	x := margin + axisWidth
	for i, series := range c.Series {
		width := 5 + p.text.width(plain, 8, series.Name) + 5
		if x+width > pageWidth-margin && x > margin+axisWidth {
			x = margin + axisWidth
			p.y += 4.5
		}
		p.fill(palette[i%len(palette)])
		p.pdf.Rect(x, p.y+0.4, 3.4, 2.4, "F")
		p.ink(ink)
		p.text.set(x+5, p.y+2.7, plain, 8, series.Name)
		x += width
	}
	p.y += 6
}

// drawLabels draws as many labels as fit side by side, always including the first.
func (c Chart) drawLabels(p *page, y, slot float64) {
	widest := 0.0
	for _, label := range c.Labels {
		widest = max(widest, p.text.width(plain, labelSize, label))
	}
	every := max(1, int(math.Ceil((widest+2.5)/slot)))
	p.ink(grey)
	for i := 0; i < len(c.Labels); i += every {
		center := margin + axisWidth + slot*(float64(i)+0.5)
		width := p.text.width(plain, labelSize, c.Labels[i])
		left := min(max(center-width/2, margin), pageWidth-margin-width)
		p.text.set(left, y, plain, labelSize, c.Labels[i])
	}
}

func (c Chart) drawColumns(p *page, index int, series Series, slot float64, at func(float64) float64) {
	width := slot * 0.72 / float64(len(c.Series))
	p.fill(palette[index%len(palette)])
	for i, value := range series.Values {
		if value > 0 {
			left := margin + axisWidth + slot*(float64(i)+0.14) + width*float64(index)
			p.pdf.Rect(left, at(value), width, at(0)-at(value), "F")
		}
	}
}

func (c Chart) drawLine(p *page, index int, series Series, slot float64, at func(float64) float64) {
	hue := palette[index%len(palette)]
	p.stroke(hue, 0.55)
	p.pdf.SetLineJoinStyle("round")
	if index > 0 { // distinguishable without colours, too
		p.pdf.SetDashPattern([]float64{2.2 / float64(index), 0.9}, 0)
	}
	for i, value := range series.Values {
		x := margin + axisWidth + slot*(float64(i)+0.5)
		if i == 0 {
			p.pdf.MoveTo(x, at(value))
		} else {
			p.pdf.LineTo(x, at(value))
		}
	}
	if len(series.Values) > 1 {
		p.pdf.DrawPath("D")
	}
	p.pdf.SetDashPattern(nil, 0)
	if len(series.Values) <= 31 {
		p.fill(hue)
		for i, value := range series.Values {
			p.pdf.Circle(margin+axisWidth+slot*(float64(i)+0.5), at(value), 0.75, "F")
		}
	}
}

func (c Chart) drawBars(p *page) {
	p.heading(c.Title, c.Meaning, min(float64(len(c.Labels))*barHeight, 60))
	if len(c.Series) == 0 || len(c.Labels) == 0 {
		p.remark(emptyText)
		p.y += 5
		return
	}
	series := c.Series[0]
	labelWidth, noteWidth := 0.0, 0.0
	notes := make([]string, len(c.Labels))
	for i, label := range c.Labels {
		labelWidth = max(labelWidth, p.text.width(plain, 8, label))
		notes[i] = FormatNumber(series.Values[i], 2)
		if i < len(series.Notes) {
			notes[i] += "  " + series.Notes[i]
		}
		noteWidth = max(noteWidth, p.text.width(plain, 8, notes[i]))
	}
	labelWidth = min(labelWidth, lineWidth/3)
	noteWidth = min(noteWidth, lineWidth/3)
	plot := lineWidth - labelWidth - noteWidth - 6
	largest := max(c.largest(), 1)
	for i, label := range c.Labels {
		p.room(barHeight)
		p.ink(ink)
		p.text.set(margin, p.y+4, plain, 8, p.text.lines(plain, 8, labelWidth+0.1, 1, label)[0])
		left := margin + labelWidth + 3
		width := plot * series.Values[i] / largest
		p.fill(shade)
		p.pdf.Rect(left, p.y+0.9, plot, barHeight-1.8, "F")
		if width > 0 {
			p.fill(palette[0])
			p.pdf.Rect(left, p.y+0.9, width, barHeight-1.8, "F")
		}
		p.ink(grey)
		p.text.set(left+plot+3, p.y+4, plain, 8, p.text.lines(plain, 8, noteWidth+0.1, 1, notes[i])[0])
		p.y += barHeight
	}
	p.y += 6
}

func (c Chart) largest() float64 {
	largest := 0.0
	for _, series := range c.Series {
		for _, value := range series.Values {
			largest = max(largest, value)
		}
	}
	return largest
}

// scale returns the distance of about five grid lines, 1, 2 or 5 times a power of ten, and the value of the highest.
func scale(largest float64) (step, highest float64) {
	if largest <= 0 {
		return 1, 4
	}
	power := math.Pow(10, math.Floor(math.Log10(largest/4)))
	step = 10 * power
	for _, factor := range [...]float64{1, 2, 5} {
		if largest/(factor*power) <= 5 {
			step = factor * power
			break
		}
	}
	if largest == math.Trunc(largest) {
		step = max(step, 1) // counts have no fractions
	}
	return step, step * math.Max(1, math.Ceil(largest/step))
}
