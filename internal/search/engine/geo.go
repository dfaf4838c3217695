package engine

import (
	"math"
	"strconv"
)

const earthRadiusKm = 6371.0

// Distance gives the kilometres between two points on the globe (haversine).
func Distance(a, b Point) float64 {
	h := haversine(a, b, math.Cos(radians(a.Lat)))
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(1, h)))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// haversine gives sin² of half the angle between two points; cosLat is the cosine of the first one's latitude.
func haversine(a, b Point, cosLat float64) float64 {
	sinLat := math.Sin(radians(b.Lat-a.Lat) / 2)
	sinLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	return sinLat*sinLat + cosLat*math.Cos(radians(b.Lat))*sinLon*sinLon
}

// circle is a Near that is quick to ask about many points. Most of them come again and again: cities.
type circle struct {
	Near
	cosLat    float64
	degrees   float64 // further north or south is outside
	haversine float64 // of the radius
	known     [256]struct {
		point       Point
		set, inside bool
	}
}

func circleOf(near Near) *circle {
	half := math.Sin(min(math.Pi/2, near.RadiusKm/earthRadiusKm/2))
	return &circle{Near: near, cosLat: math.Cos(radians(near.Lat)), degrees: near.RadiusKm/kmPerDegree + 1e-6, haversine: half * half}
}

func (c *circle) holds(p Point) bool {
	hash := (math.Float64bits(p.Lat) ^ math.Float64bits(p.Lon)*3) * 0x9e3779b97f4a7c15
	known := &c.known[hash>>56]
	if !known.set || known.point != p {
		known.point, known.set, known.inside = p, true, c.computes(p)
	}
	return known.inside
}

func (c *circle) computes(p Point) bool {
	return math.Abs(p.Lat-c.Lat) <= c.degrees && haversine(c.Point, p, c.cosLat) <= c.haversine
}

const kmPerDegree = earthRadiusKm * math.Pi / 180

// The globe is cut into cells of half a degree, each a filter value of the documents in it; a circle looks at the
// cells that it may touch. Wide circles use cells of eight degrees, so that there are never many.
const (
	cellField = "\x1ecell" // no filter of a caller is called so
	fineCell  = 0.5
	wideCell  = 8.0
)

func cellOf(p Point, size float64) string {
	return cellName(int(math.Floor((p.Lat+90)/size)), int(math.Floor((p.Lon+180)/size)), size)
}

func cellName(row, col int, size float64) string {
	cols := int(360 / size)
	col = ((col % cols) + cols) % cols
	kind := "f"
	if size == wideCell {
		kind = "w"
	}
	return kind + strconv.Itoa(row) + "," + strconv.Itoa(col)
}

// cellsOf gives the cells that a document is filed under.
func cellsOf(points []Point) []string {
	var cells []string
	for _, p := range points {
		cells = append(cells, cellOf(p, fineCell), cellOf(p, wideCell))
	}
	return cells
}

// Around gives values of which a document with a place in the circle has one; others near it may have them too.
func Around(near Near) []Value {
	var values []Value
	for _, cell := range cellsAround(near) {
		values = append(values, Value{cellField, cell})
	}
	return values
}

// cellsAround gives the cells that the circle may touch.
func cellsAround(near Near) []string {
	dLat := near.RadiusKm/kmPerDegree + 1e-6
	size := fineCell
	if dLat > 4 {
		size = wideCell
	}
	south, north := near.Lat-dLat, near.Lat+dLat
	// the widest part of the circle lies towards the pole; beyond it every meridian is near
	dLon := 180.0
	if widest := math.Max(math.Abs(south), math.Abs(north)); widest < 90 {
		if s := math.Sin(near.RadiusKm/earthRadiusKm) / math.Cos(near.Lat*math.Pi/180); s < 1 && near.RadiusKm < 10000 {
			dLon = math.Asin(s)*180/math.Pi + 1e-6
		}
	}
	firstRow := int(math.Floor((max(south, -90) + 90) / size))
	lastRow := int(math.Floor((min(north, 90) + 90) / size))
	firstCol := int(math.Floor((near.Lon - dLon + 180) / size))
	lastCol := int(math.Floor((near.Lon + dLon + 180) / size))
	lastCol = min(lastCol, firstCol+int(360/size)-1)
	var cells []string
	for row := firstRow; row <= lastRow; row++ {
		for col := firstCol; col <= lastCol; col++ {
			cells = append(cells, cellName(row, col, size))
		}
	}
	return cells
}
