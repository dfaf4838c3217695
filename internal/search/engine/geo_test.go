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
	if d := Distance(Point{48.8566, 2.3522}, Point{45.764, 4.8357}); math.Abs(d-391.5) > 1 {
		t.Errorf("Paris to Lyon is %f km", d)
	}
}
