package api

import "sync"

// bufferPool holds the buffers that lists are encoded into. Allocated per response, they would make up a third of all garbage.
var bufferPool = sync.Pool{New: func() any { return new([]byte) }}

// buffer lends the call an empty slice with the given capacity in bytes. It goes back to the pool when the call ends, so
// nothing that outlives the call may refer to it.
func (c *call) buffer(capacity int) []byte {
	buffer := bufferPool.Get().(*[]byte)
	if cap(*buffer) < capacity {
		*buffer = make([]byte, 0, capacity)
	}
	c.buffers = append(c.buffers, buffer)
	return *buffer
}

// release returns the call's buffers to the pool.
func (c *call) release() {
	for _, buffer := range c.buffers {
		bufferPool.Put(buffer)
	}
	c.buffers = nil
}
