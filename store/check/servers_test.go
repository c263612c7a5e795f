package check

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/store"
	"smarketer/store/errs"
	"smarketer/store/lead"
	"smarketer/store/storetest"
)

// The tests below go over everything that a workspace can do on each kind of
// Redis that Smarketer may run on, and provoke what happens to it there.

// patience is how long a test waits for servers to find each other.
const patience = 30 * time.Second

// eventually waits until something works.
func eventually(t *testing.T, what string, works func() bool) {
	t.Helper()
	require.Eventually(t, works, patience, 20*time.Millisecond, what)
}

// message is an item with a one-off message.
func message(channel, text string) store.Item {
	return store.Item{Channel: channel, Message: fmt.Appendf(nil, "%q", text)}
}

func TestOneServer(t *testing.T) {
	t.Parallel()
	h := newHouse(storetest.Connect(t, redisURL))
	h.tour(t)
	h.tour(t)
}

func TestCluster(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	nodes, rdb := storetest.NewCluster(t)
	inOneSlot(t, rdb)

	houses := make([]house, len(nodes)) // a workspace on each node
	slots := make([]int64, len(nodes))
	for found := 0; found < len(nodes); {
		h := newHouse(rdb)
		slot, err := rdb.ClusterKeySlot(t.Context(), h.store.Key("feed")).Result()
		require.NoError(t, err)

		node := 0
		for slot > int64(storetest.LastSlots[node]) {
			node++
		}

		if houses[node].store == nil {
			houses[node], slots[node] = h, slot
			found++
		}
	}

	for _, h := range houses {
		h.tour(t)
		h.tour(t)
	}

	for i, n := range nodes {
		keys, err := n.Client().Keys(t.Context(), "*").Result()
		require.NoError(t, err)
		require.NotEmpty(t, keys)

		for _, k := range keys {
			require.True(t, strings.HasPrefix(k, houses[i].store.Key("")), "%s is on another node than its workspace", k)
		}
	}

	moveSlot(t, nodes[0], nodes[1], slots[0])
	houses[0].tour(t) // the client learns of it by MOVED
	moveSlot(t, nodes[1], nodes[2], slots[0])
	_, err := houses[0].leads.Claim(t.Context(), "", "L-1", "U2", lead.Policy{}) // a read and then a script
	require.ErrorIs(t, err, errs.ErrConflict)
	houses[0].tour(t)
}

// inOneSlot makes sure that a cluster keeps every key of a busy workspace in one
// place.
func inOneSlot(t *testing.T, rdb *redis.ClusterClient) {
	t.Helper()
	busy, err := storetest.Read("../testdata/state-v1.json")
	require.NoError(t, err)
	require.Greater(t, len(busy.Keys), 200)

	want, err := rdb.ClusterKeySlot(t.Context(), busy.Keys[0].Name).Result()
	require.NoError(t, err)

	for _, k := range busy.Keys {
		slot, err := rdb.ClusterKeySlot(t.Context(), k.Name).Result()
		require.NoError(t, err)
		require.Equal(t, want, slot, k.Name)
	}
}

// moveSlot moves a slot with all its keys from one node to another. The other
// nodes and clients hear of it when they ask.
func moveSlot(t *testing.T, from, to *storetest.Server, slot int64) {
	t.Helper()
	ctx, source, target := t.Context(), from.Client(), to.Client()
	id := func(c *redis.Client) string {
		id, err := c.Do(ctx, "CLUSTER", "MYID").Text()
		require.NoError(t, err)
		return id
	}
	require.NoError(t, target.Do(ctx, "CLUSTER", "SETSLOT", slot, "IMPORTING", id(source)).Err())
	require.NoError(t, source.Do(ctx, "CLUSTER", "SETSLOT", slot, "MIGRATING", id(target)).Err())

	keys, err := source.ClusterGetKeysInSlot(ctx, int(slot), 10_000).Result()
	require.NoError(t, err)
	require.NotEmpty(t, keys)

	args := []any{"MIGRATE", "127.0.0.1", to.Port, "", 0, 5000, "KEYS"}
	for _, k := range keys {
		args = append(args, k)
	}

	require.NoError(t, source.Do(ctx, args...).Err())

	for _, c := range []*redis.Client{target, source} {
		require.NoError(t, c.Do(ctx, "CLUSTER", "SETSLOT", slot, "NODE", id(target)).Err())
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	n := storetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	h := newHouse(storetest.Connect(t, n.URL()))
	h.tour(t)

	n.Kill()
	_, err := h.leads.Claim(t.Context(), "", "L-1", "U2", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain, "not even asked for the lead")
	require.ErrorIs(t, h.store.Send(t.Context(), "", message("C1", "x")), errs.ErrUncertain)
	require.ErrorIs(t, Err(t.Context(), h.store), errs.ErrUnavailable)

	n.Start()
	l, err := h.leads.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, "U1", l.Owner)
	h.tour(t)
}

func TestFullMemoryRefusesAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	n := storetest.NewServer(t, "--save", "")
	h := newHouse(storetest.Connect(t, n.URL()))
	h.tour(t)
	everything := func() *store.Dump {
		d, err := h.store.ReadDump(t.Context())
		require.NoError(t, err)
		return d
	}
	before := everything()

	require.NoError(t, n.Client().ConfigSet(t.Context(), "maxmemory", "1").Err())
	err := h.store.Send(t.Context(), "op", message("C1", "x"))
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.NotErrorIs(t, err, errs.ErrUncertain)
	require.Equal(t, before, everything())

	require.NoError(t, n.Client().ConfigSet(t.Context(), "maxmemory", "0").Err())
	require.NoError(t, h.store.Send(t.Context(), "op", message("C1", "x")), "the request can come again")
}

func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	storetest.NeedServer(t)
	master := storetest.NewServer(t, "--save", "")
	replica := storetest.NewServer(t, "--replicaof", "127.0.0.1 "+master.Port, "--repl-diskless-sync-delay", "0")
	eventually(t, "the replica follows", func() bool {
		info, err := replica.Client().Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "master_link_status:up")
	})
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "sentinel monitor main 127.0.0.1 %s 1\n"+
		"sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n", master.Port), 0o600))
	sentinel := storetest.NewServer(t, config, "--sentinel")
	eventually(t, "the sentinel knows the replica", func() bool {
		info, err := sentinel.Client().Info(t.Context(), "sentinel").Result()
		return err == nil && strings.Contains(info, "slaves=1")
	})

	h := newHouse(storetest.Connect(t, sentinel.URL()+"?master_name=main"))
	h.tour(t)
	require.NoError(t, master.Client().Wait(t.Context(), 1, patience).Err())
	master.Kill()
	_, err := h.leads.Claim(t.Context(), "", "L-1", "U2", lead.Policy{})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	eventually(t, "the replica takes over", func() bool { return h.store.Send(t.Context(), "", message("C1", "x")) == nil })
	h.tour(t)
}
