package search

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"jobboard/internal/search/engine"
)

// follow applies the log to the index until ctx ends. Only this goroutine changes the index.
func (b *Board) follow(ctx context.Context) {
	defer close(b.stopped)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	saved := time.Now()
	for {
		if err := b.step(ctx); err != nil && ctx.Err() == nil {
			b.app.Logger().Error("The search index does not follow the database.", "kind", b.kind.table, "error", err)
		}
		if time.Since(saved) > checkpointTime {
			saved = time.Now()
			if err := b.checkpoint(); err != nil {
				b.app.Logger().Error("The search index could not be saved.", "kind", b.kind.table, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		case <-ticker.C:
		}
	}
}

// step brings the index up to the end of the log.
func (b *Board) step(ctx context.Context) error {
	if b.anew || b.index.Damage() != nil {
		if err := b.rebuild(ctx); err != nil {
			return err
		}
		b.anew = false
	}
	last, err := b.lastChange()
	if err != nil {
		return err
	}
	if last < b.index.Seq() { // another database under the same folder: a restored backup
		return b.rebuild(ctx)
	}
	for ctx.Err() == nil && b.index.Seq() < last {
		var rows []struct {
			Seq    int64  `db:"seq"`
			Record string `db:"record"`
		}
		err := b.app.DB().NewQuery("SELECT seq, record FROM " + b.kind.log + " WHERE seq > {:seq} ORDER BY seq LIMIT {:limit}").
			Bind(dbx.Params{"seq": b.index.Seq(), "limit": applyBatch}).All(&rows)
		if err != nil {
			return fmt.Errorf("read the search log: %w", err)
		}
		if len(rows) == 0 || rows[0].Seq != b.index.Seq()+1 { // the rows to follow are gone
			return b.rebuild(ctx)
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.Record
		}
		docs, err := b.kind.load(b.app, "r.id IN (SELECT value FROM json_each({:ids}))", dbx.Params{"ids": jsonOf(ids)})
		if err != nil {
			return err
		}
		// deleting also what is put again is harmless: the put comes after
		batch := engine.Batch{Put: docs, Delete: ids, Seq: rows[len(rows)-1].Seq}
		if err := b.index.Apply(batch); err != nil {
			return err
		}
		b.tell()
		if err := b.index.Maintain(); err != nil {
			return err
		}
	}
	return nil
}

// rebuild indexes all records anew, the newest first.
func (b *Board) rebuild(ctx context.Context) error {
	seq, err := b.lastChange()
	if err != nil {
		return err
	}
	if why := b.index.Damage(); why != nil {
		b.app.Logger().Info("The search index is built.", "kind", b.kind.table, "reason", why.Error())
	}
	rebuild := b.index.NewRebuild(seq)
	for after := int64(-1); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var ids []struct {
			Row int64  `db:"rowid"`
			ID  string `db:"id"`
		}
		condition := dbx.Params{"after": after, "limit": rebuildBatch}
		err := b.app.DB().NewQuery("SELECT rowid, id FROM " + b.kind.table + " WHERE {:after} < 0 OR rowid < {:after} ORDER BY rowid DESC LIMIT {:limit}").
			Bind(condition).All(&ids)
		if err != nil {
			return fmt.Errorf("list the %s to index: %w", b.kind.table, err)
		}
		if len(ids) == 0 {
			break
		}
		after = ids[len(ids)-1].Row
		docs, err := b.kind.load(b.app, "r.rowid BETWEEN {:from} AND {:to}", dbx.Params{"from": after, "to": ids[0].Row})
		if err != nil {
			return err
		}
		if err := rebuild.Add(docs); err != nil {
			return err
		}
		b.tell()
	}
	rebuild.Commit()
	b.tell()
	return b.checkpoint()
}

// checkpoint saves the index and drops the log rows that no restart needs.
func (b *Board) checkpoint() error {
	seq, err := b.index.Checkpoint()
	if err != nil {
		return err
	}
	_, err = b.app.NonconcurrentDB().NewQuery("DELETE FROM " + b.kind.log + " WHERE seq <= {:seq}").Bind(dbx.Params{"seq": seq}).Execute()
	if err != nil {
		return fmt.Errorf("shorten the search log: %w", err)
	}
	return nil
}

// tell wakes the searches that wait for a change.
func (b *Board) tell() {
	b.mu.Lock()
	close(b.applied)
	b.applied = make(chan struct{})
	b.mu.Unlock()
}
