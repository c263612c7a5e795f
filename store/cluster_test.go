package store

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// lastSlot of each of three nodes.
var lastSlot = []int{5460, 10922, 16383}

// newCluster starts three nodes that share the slots between them.
func newCluster(t *testing.T) (nodes []*server, rdb *redis.ClusterClient) {
	t.Helper()
	first, firstBus := 0, ""
	query := url.Values{}
	for i, last := range lastSlot {
		bus := freePort(t)
		if i == 0 {
			firstBus = bus
		}
		n := newServer(t, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "5000")
		require.NoError(t, n.conn().ClusterAddSlotsRange(t.Context(), first, last).Err())
		require.NoError(t, n.conn().Do(t.Context(), "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err())
		if i > 0 {
			query.Add("addr", "127.0.0.1:"+n.port)
			require.NoError(t, n.conn().Do(t.Context(), "CLUSTER", "MEET", "127.0.0.1", nodes[0].port, firstBus).Err())
		}
		nodes, first = append(nodes, n), last+1
	}
	eventually(t, "the cluster forms", func() bool {
		for _, n := range nodes {
			info, err := n.conn().ClusterInfo(t.Context()).Result()
			if err != nil || !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3") {
				return false
			}
		}
		return true
	})
	cluster, ok := connect(t, nodes[0].url()+"?"+query.Encode()).(*redis.ClusterClient)
	require.True(t, ok)
	return nodes, cluster
}

func TestCluster(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	nodes, rdb := newCluster(t)
	stores := make([]*Store, len(nodes)) // a workspace on each node
	slots := make([]int64, len(nodes))
	for found := 0; found < len(nodes); {
		s := New(rdb, newTeam(), clockwork.NewFakeClockAt(start))
		slot, err := rdb.ClusterKeySlot(t.Context(), s.keys.feed()).Result()
		require.NoError(t, err)
		node := 0
		for slot > int64(lastSlot[node]) {
			node++
		}
		if stores[node] == nil {
			stores[node], slots[node] = s, slot
			found++
		}
	}
	for _, s := range stores {
		tour(t, s)
		tour(t, s)
	}
	for i, n := range nodes {
		keys, err := n.conn().Keys(t.Context(), "*").Result()
		require.NoError(t, err)
		require.NotEmpty(t, keys)
		for _, k := range keys {
			require.True(t, strings.HasPrefix(k, stores[i].keys.root), "%s is on another node than its workspace", k)
		}
	}

	moveSlot(t, nodes[0], nodes[1], slots[0])
	tour(t, stores[0]) // the client learns of it by MOVED
	moveSlot(t, nodes[1], nodes[2], slots[0])
	_, err := stores[0].ClaimLead(t.Context(), "", "L-1", "U2", LeadDesk{}) // a read and then a script
	require.ErrorIs(t, err, ErrConflict)
	tour(t, stores[0])
}

// moveSlot moves a slot with all its keys from one node to another. The other
// nodes and clients hear of it when they ask.
func moveSlot(t *testing.T, from, to *server, slot int64) {
	t.Helper()
	ctx, source, target := t.Context(), from.conn(), to.conn()
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
	args := []any{"MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS"}
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
	needRealRedis(t)
	n := newServer(t, "--appendonly", "yes", "--appendfsync", "always")
	s := New(connect(t, n.url()), newTeam(), clockwork.NewFakeClockAt(start))
	tour(t, s)
	n.kill()
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U2", LeadDesk{})
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrUncertain, "not even asked for the lead")
	require.ErrorIs(t, s.Send(t.Context(), "", message("C1", "x")), ErrUncertain)
	require.ErrorIs(t, s.CheckInvariants(t.Context()), ErrUnavailable)
	n.start()
	lead, err := s.Lead(t.Context(), "L-1")
	require.NoError(t, err)
	require.Equal(t, "U1", lead.Owner)
	tour(t, s)
}

func TestFullMemoryRefusesAllOrNothing(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	n := newServer(t, "--save", "")
	s := New(connect(t, n.url()), newTeam(), clockwork.NewFakeClockAt(start))
	tour(t, s)
	before := everything(t, s)
	require.NoError(t, n.conn().ConfigSet(t.Context(), "maxmemory", "1").Err())
	err := s.Send(t.Context(), "op", message("C1", "x"))
	require.ErrorIs(t, err, ErrUnavailable)
	require.NotErrorIs(t, err, ErrUncertain)
	require.Equal(t, before, everything(t, s))
	require.NoError(t, n.conn().ConfigSet(t.Context(), "maxmemory", "0").Err())
	require.NoError(t, s.Send(t.Context(), "op", message("C1", "x")), "the request can come again")
}

func TestSentinelFailover(t *testing.T) {
	t.Parallel()
	needRealRedis(t)
	master := newServer(t, "--save", "")
	replica := newServer(t, "--replicaof", "127.0.0.1 "+master.port, "--repl-diskless-sync-delay", "0")
	eventually(t, "the replica follows", func() bool {
		info, err := replica.conn().Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "master_link_status:up")
	})
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "sentinel monitor main 127.0.0.1 %s 1\n"+
		"sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 5000\n", master.port), 0o600))
	sentinel := newServer(t, config, "--sentinel")
	eventually(t, "the sentinel knows the replica", func() bool {
		info, err := sentinel.conn().Info(t.Context(), "sentinel").Result()
		return err == nil && strings.Contains(info, "slaves=1")
	})
	s := New(connect(t, sentinel.url()+"?master_name=main"), newTeam(), clockwork.NewFakeClockAt(start))
	tour(t, s)
	require.NoError(t, master.conn().Wait(t.Context(), 1, patience).Err())
	master.kill()
	_, err := s.ClaimLead(t.Context(), "", "L-1", "U2", LeadDesk{})
	require.ErrorIs(t, err, ErrUnavailable)
	eventually(t, "the replica takes over", func() bool { return s.Send(t.Context(), "", message("C1", "x")) == nil })
	tour(t, s)
}
