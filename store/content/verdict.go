package content

// Verdict says how a message went down.
type Verdict string

// The verdicts.
const (
	Works Verdict = "works"
	Mixed Verdict = "mixed"
	Fails Verdict = "fails"
)

// Verdicts lists every verdict, in the order in which people see them.
var Verdicts = []Verdict{Works, Mixed, Fails}

// Judged is what one piece of feedback says of one version of an asset. It
// counts nothing when it is about no asset, or has no verdict.
type Judged struct {
	Asset   string // ID
	Version int
	Verdict Verdict
	// Persona and Stage are whom the message was tried on and when, as people
	// typed them, "" for nobody said so.
	Persona, Stage string
}

// Counts reports whether it counts in the statistics at all.
func (j Judged) Counts() bool { return j.Asset != "" && j.Verdict != "" }

// Labels are the labels under which the verdict is counted; see [Labels].
func (j Judged) Labels() []string { return Labels([]string{j.Persona}, []string{j.Stage}) }
