package engine

import (
	"encoding/binary"
	"math"
	"strconv"
)

const earthRadiusKm = 6371.0

// Distance returns the kilometres between two points on the globe (haversine).
func Distance(a, b Point) float64 {
	h := haversine(a, b, math.Cos(radians(a.Lat)))
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(1, h)))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

// haversine returns sin² of half the angle between two points; cosLat is the cosine of the first one's latitude.
func haversine(a, b Point, cosLat float64) float64 {
	sinLat := math.Sin(radians(b.Lat-a.Lat) / 2)
	sinLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	return sinLat*sinLat + cosLat*math.Cos(radians(b.Lat))*sinLon*sinLon
}

// circle is a Near prepared for testing the places of many segments. Most of these places are cities and recur in all of
// them.
type circle struct {
	Near
	cells     []cell // those that it may touch
	cosLat    float64
	degrees   float64        // a point further north or south is outside
	haversine float64        // of the radius
	known     map[Point]bool // nil when several cores share the circle
}

// maxKnown bounds the cache of a circle, since coordinates that people enter themselves are seldom shared.
const maxKnown = 1 << 14

func circleOf(near Near) *circle {
	half := math.Sin(min(math.Pi/2, near.RadiusKm/earthRadiusKm/2))
	return &circle{Near: near, cells: cellsAround(near), cosLat: math.Cos(radians(near.Lat)), degrees: near.RadiusKm/kmPerDegree + 1e-6,
		haversine: half * half, known: map[Point]bool{}}
}

func (c *circle) holds(p Point) bool {
	inside, known := c.known[p]
	if !known {
		inside = math.Abs(p.Lat-c.Lat) <= c.degrees && haversine(c.Point, p, c.cosLat) <= c.haversine
		if c.known != nil && len(c.known) < maxKnown {
			c.known[p] = inside
		}
	}
	return inside
}

const kmPerDegree = earthRadiusKm * math.Pi / 180

// The globe is divided into cells of half a degree, and these into groups of sixteen by sixteen, eight degrees wide. Each
// cell, each group and each place is a filter value of the documents in it, named so that the places of a cell or of a group
// are adjacent in the sorted values. Wide circles look at groups, which keeps their number small.
const (
	cellField  = "\x1ecell" // no caller's filter field has this name
	placeField = "\x1eplace"
	cellSize   = 0.5
	groupCells = 16
	groupSize  = groupCells * cellSize
)

// cell is a cell of the grid, or a group of cells.
type cell struct {
	row, col int
	group    bool
}

func cellOf(p Point) cell {
	return cell{row: int(math.Floor((p.Lat + 90) / cellSize)), col: wrapped(int(math.Floor((p.Lon+180)/cellSize)), 360/cellSize)}
}

// wrapped returns the column for one that may lie beyond the date line.
func wrapped(col, cols int) int { return (col%cols + cols) % cols }

func (c cell) groupOf() cell { return cell{c.row / groupCells, c.col / groupCells, true} }

// name returns the cell's value in cellField.
func (c cell) name() string {
	kind := "f"
	if c.group {
		kind = "w"
	}
	return kind + strconv.Itoa(c.row) + "," + strconv.Itoa(c.col)
}

// places returns the prefix of the values in placeField of the places in the cell.
func (c cell) places() string {
	if c.group {
		return c.name() + "/"
	}
	return c.groupOf().name() + "/" + c.name() + "/"
}

// pointBytes is the length of the latitude and longitude at the end of a place's value.
const pointBytes = 16

func placeValue(p Point) string {
	value := []byte(cellOf(p).places())
	value = binary.BigEndian.AppendUint64(value, math.Float64bits(p.Lat))
	return string(binary.BigEndian.AppendUint64(value, math.Float64bits(p.Lon)))
}

// pointOf returns the point of a value made by placeValue.
func pointOf(value []byte) Point {
	end := value[len(value)-pointBytes:]
	return Point{math.Float64frombits(binary.BigEndian.Uint64(end)), math.Float64frombits(binary.BigEndian.Uint64(end[8:]))}
}

// CellValues returns filter values of which every document with a place in the circle has at least one. Documents near the
// circle may have them too.
func CellValues(near Near) []Value {
	var values []Value
	for _, cell := range cellsAround(near) {
		values = append(values, Value{cellField, cell.name()})
	}
	return values
}

// cellsAround returns the cells, or the groups of cells, that the circle may touch.
func cellsAround(near Near) []cell {
	dLat := near.RadiusKm/kmPerDegree + 1e-6
	size, group := cellSize, false
	if dLat > 4 {
		size, group = groupSize, true
	}
	south, north := near.Lat-dLat, near.Lat+dLat
	// the circle is widest towards the pole; if it holds a pole, it touches every meridian
	dLon := 180.0
	if widest := math.Max(math.Abs(south), math.Abs(north)); widest < 90 {
		if s := math.Sin(near.RadiusKm/earthRadiusKm) / math.Cos(near.Lat*math.Pi/180); s < 1 && near.RadiusKm < 10000 {
			dLon = math.Asin(s)*180/math.Pi + 1e-6
		}
	}
	cols := int(360 / size)
	firstRow := int(math.Floor((max(south, -90) + 90) / size))
	lastRow := int(math.Floor((min(north, 90) + 90) / size))
	firstCol := int(math.Floor((near.Lon - dLon + 180) / size))
	lastCol := min(int(math.Floor((near.Lon+dLon+180)/size)), firstCol+cols-1)
	var cells []cell
	for row := firstRow; row <= lastRow; row++ {
		for col := firstCol; col <= lastCol; col++ {
			cells = append(cells, cell{row, wrapped(col, cols), group})
		}
	}
	return cells
}
