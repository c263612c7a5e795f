package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Connect opens Redis by URL: redis://, rediss:// or unix://, further
// addr= parameters for a cluster, master_name= for Sentinel. It doesn't
// connect yet; see [Check].
func Connect(rawURL string) (redis.UniversalClient, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// The error of url.Parse repeats the URL, and with it the password.
		return nil, fmt.Errorf("REDIS_URL is not a URL such as redis://localhost:6379/0")
	}

	switch query := u.Query(); {
	case query.Has("master_name"):
		o, err := redis.ParseFailoverURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("REDIS_URL: %w", err)
		}

		o.ContextTimeoutEnabled, o.DialerRetries = true, dialOnce
		return redis.NewFailoverClient(o), nil
	case query.Has("addr"):
		o, err := redis.ParseClusterURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("REDIS_URL: %w", err)
		}

		o.ContextTimeoutEnabled, o.DialerRetries = true, dialOnce
		return redis.NewClusterClient(o), nil
	default:
		o, err := redis.ParseURL(rawURL)
		if err != nil {
			return nil, fmt.Errorf("REDIS_URL: %w", err)
		}

		o.ContextTimeoutEnabled, o.DialerRetries = true, dialOnce
		return redis.NewClient(o), nil
	}
}

// dialOnce replaces go-redis's five attempts, 100 ms apart, for each of the
// four tries of a command: people wait for the answer that Redis is away.
const dialOnce = 1

// Check looks at a Redis before it is trusted with anything. The error says
// why it can't be used; the warnings say what could lose data.
func Check(ctx context.Context, rdb redis.UniversalClient) (warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := rdb.Ping(ctx).Err(); err != nil {
		return nil, Wrap("connect to redis", err)
	}

	text, err := rdb.Info(ctx).Result()
	if err != nil {
		return []string{"INFO is not permitted, so whether this Redis keeps its data was not checked"}, nil
	}

	return judge(parseInfo(text))
}

// judge decides on the fields of INFO (https://redis.io/docs/latest/commands/info/).
func judge(info map[string]string) (warnings []string, err error) {
	if v := info["redis_version"]; v != "" && before7(v) {
		return nil, fmt.Errorf("redis %s is too old: 7.0 or newer is needed", v)
	}

	policy := info["maxmemory_policy"]
	switch {
	case strings.HasPrefix(policy, "allkeys-"):
		return nil, fmt.Errorf("redis has maxmemory-policy %s and would throw leads away when memory runs out: set it to noeviction", policy)
	case strings.HasPrefix(policy, "volatile-"):
		warnings = append(warnings, "redis has maxmemory-policy "+policy+": with noeviction, full memory is an error and not a silent loss")
	}

	if info["aof_enabled"] == "0" {
		warnings = append(warnings, "redis keeps no append-only file: a crash loses what came in since the last snapshot (set appendonly yes)")
	}

	return warnings, nil
}

// before7 tells Redis 6 and older by the version's first number. Valkey calls
// itself 7.2.4 in this field.
func before7(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	return len(major) == 1 && major < "7"
}

func parseInfo(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[key] = value
		}
	}

	return fields
}
