package api

import "sync"

// rooms are what lists are written in. Made anew for each answer they would be a third of all that has to be collected as garbage.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// room lends the call an empty slice with room for so many bytes, until the call ends. Nothing that outlives it may point there.
func (c *call) room(bytes int) []byte {
	room := rooms.Get().(*[]byte)
	if cap(*room) < bytes {
		*room = make([]byte, 0, bytes)
	}
	c.lent = append(c.lent, room)
	return *room
}

func (c *call) giveBack() {
	for _, room := range c.lent {
		rooms.Put(room)
	}
	c.lent = nil
}
