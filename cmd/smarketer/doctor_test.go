package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"smarketer/bot/bottest/golden"
	"smarketer/store"
	"smarketer/store/check"
	"smarketer/store/storetest"
)

// oldOffice is an office whose store holds a company's state after a day.
func oldOffice(t *testing.T) (*store.Store, []string) {
	t.Helper()
	s, settings := office(t)
	f, err := storetest.Read("../../store/testdata/state-v1.json")
	require.NoError(t, err)
	require.NoError(t, f.For(teamOf(s)).Load(t.Context(), s.Redis()))
	return s, settings
}

func teamOf(s *store.Store) string {
	return strings.TrimSuffix(strings.TrimPrefix(s.Key(""), "sm:{"), "}:")
}

// everything is what a store holds, but for the time that it still lives.
func everything(t *testing.T, s *store.Store) []storetest.Key {
	t.Helper()
	f, err := storetest.Dump(t.Context(), s.Redis(), teamOf(s), s.Now())
	require.NoError(t, err)
	require.Greater(t, len(f.Keys), 200)

	for i := range f.Keys {
		f.Keys[i].TTL = 0
	}

	return f.Keys
}

// doctor runs the doctor on what is stored; how long it took is left out.
func doctor(t *testing.T, settings []string, flags ...string) (code int, out, errors string) {
	t.Helper()
	code, out, errors = commandLine(t, append(append([]string{"doctor", "--deep"}, flags...), settings...)...)
	return code, regexp.MustCompile(`\d+ keys were read, in [\d.a-zµ]+`).ReplaceAllString(out, "N keys were read, in T"), errors
}

func TestDoctorFindsASoundStoreSound(t *testing.T) {
	t.Parallel()
	s, settings := oldOffice(t)
	before := everything(t, s)
	code, out, errors := doctor(t, settings)
	require.Zero(t, code, errors)
	require.Equal(t, "info     N keys were read, in T\nok       what is stored agrees with itself\n", out)
	require.Equal(t, before, everything(t, s), "nothing is changed, not even the schema's version")
}

// Each kind of harm is in the golden file, as an operator reads it.
func TestDoctorNamesWhatIsWrongAndMendsIt(t *testing.T) {
	t.Parallel()
	s, settings := oldOffice(t)
	const queued, hole, dead, never = "0000000000000692", "0000000000000694", "0000000000000678", "0000000000000699"
	pipe := s.Redis().Pipeline()
	pipe.ZRem(t.Context(), s.Key("ob:ready"), "U0ADA")
	pipe.ZAdd(t.Context(), s.Key("ob:ready"), redis.Z{Score: 1, Member: "C0NOTHING"})
	pipe.HSet(t.Context(), s.Key("ob:lease"), "C0NOWHERE", "7")
	pipe.HSet(t.Context(), s.Key("ob:pending"), "C0LEADS|lead:L-1", never)
	pipe.HSet(t.Context(), s.Key("ob:tries"), never, 2)
	pipe.ZRem(t.Context(), s.Key("ob:queue"), "C0FEEDBACK|"+queued)
	pipe.HDel(t.Context(), s.Key("ob:item"), hole)
	pipe.ZAdd(t.Context(), s.Key("ob:dead"), redis.Z{Score: 678, Member: dead + "|C0LEADS|0|again"})
	pipe.HSet(t.Context(), s.Key("due:tries"), "lead.sla:L-9", "1 2")
	pipe.HSet(t.Context(), s.Key("faults"), "TOKEN1", "1795512473800 HINCRBY turns:x: ERR hash value is not an integer")
	pipe.ZRem(t.Context(), s.Key("webhook:lake:retry"), "1795512475800-0")
	pipe.Set(t.Context(), s.Key("seq:L"), 26, 0)
	pipe.Set(t.Context(), s.Key("leads:all"), 1, 0)
	pipe.HSet(t.Context(), s.Key("lead:identity"), "email\x00ann.smith@example.com", "L-1")
	pipe.HSet(t.Context(), s.Key("lead:L-2"), "doc", `{"id":"L-2","status":"open","channel":"C0LEADS","email":"ann.smith@example.com","name":7}`)
	_, err := pipe.Exec(t.Context())
	require.NoError(t, err)

	code, out, errors := doctor(t, settings)
	require.Equal(t, 1, code)
	require.Regexp(t, `^smarketer: faults in what is stored: \d+, of which --repair mends 1\d\n$`, errors)
	require.NotContains(t, strings.ToLower(out+errors), "smith")
	golden.Text(t, "doctor_deep.golden", out)

	code, out, errors = doctor(t, settings, "--repair")
	require.Equal(t, 1, code)
	require.NotContains(t, strings.ToLower(out+errors), "smith")
	golden.Text(t, "doctor_repair.golden", out)

	// What is left is for somebody to decide on.
	pipe.HDel(t.Context(), s.Key("lead:identity"), "email\x00ann.smith@example.com")
	pipe.Del(t.Context(), s.Key("leads:all"))
	pipe.ZRem(t.Context(), s.Key("ob:dead"), dead+"|C0LEADS|0|again")
	f, err := storetest.Read("../../store/testdata/state-v1.json")
	require.NoError(t, err)
	lead, ok := f.Key("lead:L-2")
	require.True(t, ok)
	pipe.HSet(t.Context(), s.Key("lead:L-2"), "doc", string(lead.Hash["doc"]))
	_, err = pipe.Exec(t.Context())
	require.NoError(t, err)
	code, out, errors = doctor(t, settings, "--repair")
	require.Zero(t, code, out+errors)
	code, out, errors = doctor(t, settings)
	require.Zero(t, code, errors)
	require.Contains(t, out, "ok       what is stored agrees with itself")
}

func TestDoctorMendsOnlyWhatItFinds(t *testing.T) {
	t.Parallel()
	code, _, errors := commandLine(t, "doctor", "--repair")
	require.Equal(t, 1, code)
	require.Contains(t, errors, "--repair mends what --deep finds: give both")
}

func TestDoctorDoesNotCallSoundWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	printReport(&out, check.Report{}, time.Second, false)
	require.Equal(t, "info     0 keys were read, in 1s\n", out.String())
}
