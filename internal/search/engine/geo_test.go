package engine

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestCircleAgreesWithDistance checks that the circle holds exactly the points within its radius, and that these are in one of its
// cells: also at the poles, across the date line and around the globe.
func TestCircleAgreesWithDistance(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	point := func() Point { return Point{r.Float64()*180 - 90, r.Float64()*360 - 180} }
	inside := 0
	for range 30_000 {
		near := Near{point(), math.Pow(10, r.Float64()*4.5)}
		p := point()
		if r.IntN(2) == 0 { // nearby
			p = Point{near.Lat + (r.Float64()-0.5)*near.RadiusKm/80, near.Lon + (r.Float64()-0.5)*near.RadiusKm/80}
		}
		if p.Lat < -90 || p.Lat > 90 {
			continue
		}
		around := circleOf(near)
		distance := Distance(near.Point, p)
		if want := distance <= near.RadiusKm; around.holds(p) != want && math.Abs(distance-near.RadiusKm) > 1e-6 {
			t.Fatalf("%v is %f km from %v, and within %f km: %v", p, distance, near.Point, near.RadiusKm, around.holds(p))
		} else if want {
			inside++
			value, small := placeValue(p), cellOf(p)
			if !strings.HasPrefix(value, small.places()) || !strings.HasPrefix(value, small.groupOf().places()) {
				t.Fatalf("%v is not among the places of its cell and group: %q", p, value)
			}
			if !slices.Contains(around.cells, small) && !slices.Contains(around.cells, small.groupOf()) {
				t.Fatalf("%v is %f km from %v, but in none of the cells within %f km", p, distance, near.Point, near.RadiusKm)
			}
			if got := pointOf([]byte(value)); got != p {
				t.Fatalf("%v is decoded as %v", p, got)
			}
		}
	}
	if inside < 3_000 {
		t.Errorf("only %d points were inside", inside)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Point
		km   float64
	}{
		{"the same point", Point{48.85, 2.35}, Point{48.85, 2.35}, 0},
		{"Paris to London", Point{48.8566, 2.3522}, Point{51.5074, -0.1278}, 343.6},
		{"Paris to Lyon", Point{48.8566, 2.3522}, Point{45.764, 4.8357}, 391.5},
		{"across the date line", Point{0, 179.5}, Point{0, -179.5}, 111.2},
		{"pole to pole", Point{90, 0}, Point{-90, 0}, 20015.1},
		{"to the other side of the world", Point{0, 0}, Point{0, 180}, 20015.1},
	} {
		if got := Distance(c.a, c.b); math.Abs(got-c.km) > 0.2 {
			t.Errorf("%s: %.1f km, want %.1f", c.name, got, c.km)
		}
	}
}
