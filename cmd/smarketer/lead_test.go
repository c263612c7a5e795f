package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const fairFile = `E-Mail,Firma,Name,Größe,Punkte,Notiz
ann@brackenmoor.example,Brackenmoor,Ann Lee,340,70,ruft an
ben@kling.example,Kling,Ben Ott,4,70,
nope,Nirgends,Nie Mand,50,50,
`

func fair(t *testing.T) (file string, mapped []string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "fair.csv")
	require.NoError(t, os.WriteFile(file, []byte(fairFile), 0o600))
	return file, []string{"--map", "E-Mail=email,Firma=company,Name=name,Größe=employees,Punkte=score,Notiz=-", "--source", "fair"}
}

func TestLeadsAreImported(t *testing.T) {
	t.Parallel()
	_, settings := office(t)
	file, mapped := fair(t)
	run := func(extra ...string) (int, string, string) {
		args := append([]string{"lead", "import", "--config", "sample/smarketer.yaml"}, settings...)
		return commandLine(t, append(append(append(args, mapped...), extra...), file)...)
	}

	code, out, errors := run("--dry-run")
	require.Equal(t, 1, code, "there is a bad row")
	require.Equal(t, "would be: 1 open, 1 held, 0 known already, 1 bad; nothing was changed\n", out)
	require.Contains(t, errors, file+":4: email must be an e-mail address such as ann@example.com\n")

	code, out, errors = run()
	require.Equal(t, 1, code, errors)
	require.Equal(t, "1 open, 1 held, 0 updated, 0 known already, 1 bad\n", out)
	require.Contains(t, errors, "smarketer: rows not imported: 1")
	_, out, _ = run()
	require.Equal(t, "0 open, 0 held, 0 updated, 2 known already, 1 bad\n", out)
	_, out, _ = run("--dry-run")
	require.Equal(t, "would be: 0 open, 0 held, 2 known already, 1 bad; nothing was changed\n", out)
}

func TestRulesAreTried(t *testing.T) {
	t.Parallel()
	file, mapped := fair(t)
	code, out, errors := commandLine(t, append(append([]string{"rules", "test", "--config", "sample/smarketer.yaml"}, mapped...), file)...)
	require.Equal(t, 1, code)
	require.Contains(t, errors, file+":4: email must be an e-mail address")
	require.Equal(t, `line 2  ann@brackenmoor.example  open: everyone else, #leads, claim
line 3  ben@kling.example        held: fewer than 20 employees

2 leads: 1 open, 1 held

rule                   met  holds  alone  failed
20 employees or more   1    1      1      0
we know who it is      2    0      0      0
a score of 40 or more  2    0      0      0

route                      leads  channel
enterprise                 0      #leads-enterprise
German-speaking countries  0      #sales-emea
everyone else              1      #leads
no route                   0      #leads
`, out)

	faulty := filepath.Join(t.TempDir(), "faulty.yaml")
	require.NoError(t, os.WriteFile(faulty, []byte("leads: {qualify: [{name: seats, when: 'int(lead.name) > 5'}]}"), 0o600))
	_, out, _ = commandLine(t, append(append([]string{"rules", "test", "--config", faulty}, mapped...), file)...)
	require.Contains(t, out, "held: can't tell: seats [failed: seats: can't be worked out for this lead (at character 1)]")
	require.Contains(t, out, "seats  0    2      2      2")

	code, _, errors = commandLine(t, "rules", "test", filepath.Join(t.TempDir(), "none.csv"))
	require.Equal(t, 1, code)
	require.Contains(t, errors, "no such file")
}
