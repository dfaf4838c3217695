package api

import "github.com/pocketbase/pocketbase/core"

func bindIdempotency(core.App) {}

func (c *call) idempotencyKey() (string, error) { return "", nil }

func (c *call) applyOnce(key, job string) error { return nil }
