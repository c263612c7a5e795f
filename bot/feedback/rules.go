package feedback

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"smarketer/store/content"
	"smarketer/store/feedback"
)

// facts are what a line says about a conversation, read by plain rules. The
// rules know English; what they don't see stays empty, and people can add it.
type facts struct {
	verdict    content.Verdict
	importance feedback.Importance
	account    string
	competitor string
	persona    string // in lower case, as assets name personas
	stage      string
}

// term is a persona or a stage with the words by which a line gives it away.
type term struct {
	name  string
	words *regexp.Regexp
}

func terms(all ...[2]string) []term {
	out := make([]term, len(all))
	for i, t := range all {
		out[i] = term{t[0], regexp.MustCompile(`\b(?:` + t[1] + `)\b`)}
	}

	return out
}

var (
	personas = terms(
		[2]string{"cfo", `(?i:cfo|finance (?:director|lead|chief)|head of finance|financial controller)`},
		[2]string{"ceo", `(?i:ceo|managing director|founder)`},
		[2]string{"ciso", `(?i:ciso|head of security|security officer)`},
		[2]string{"cto", `(?i:cto|head of engineering)`},
		[2]string{"it", `IT|(?i:cio|it (?:director|manager|lead|team)|head of it)`},
		[2]string{"procurement", `(?i:procurement|purchasing|buyers?)`},
		[2]string{"operations", `(?i:coo|ops|operations|facilities|site managers?)`},
		[2]string{"sustainability", `(?i:sustainability|esg)`},
		[2]string{"legal", `(?i:legal|counsel|lawyers?)`},
		[2]string{"hr", `HR|(?i:human resources|people team)`},
	)
	stages = terms(
		[2]string{"prospecting", `(?i:prospecting|cold (?:call|e-?mail)s?|outreach)`},
		[2]string{"discovery", `(?i:discovery|first (?:call|meeting)|intro(?:duction)? call)`},
		[2]string{"evaluation", `(?i:evaluation|evaluating|pilot|trial|proof of concept|poc|demo)`},
		[2]string{"negotiation", `(?i:negotiat(?:ion|ions|ing)|discounts?)`},
		[2]string{"renewal", `(?i:renewals?|renewing|upsell)`},
	)

	pleased = regexp.MustCompile(`(?i)\b(?:loved?|loves|liked|likes|worked|works|landed|resonated|convinced|nailed|brilliant|great|laughed|impressed|won)\b`)
	putOff  = regexp.MustCompile(`(?i)(?:n['’]t|not|never) (?:\w+ )?(?:like|love|work|land)\b|\b(?:hated?|confus\w+|fell flat|flop\w*|objected|annoy\w+|worr(?:y|ied|ies)|bored|lost (?:us|them|him|her|me)|too (?:expensive|high|dear|long|vague|technical|complicated)|out of date|outdated|wrong|misunderst\w+)\b`)
	denied  = regexp.MustCompile(`(?i)(?:\b(?:not|never|nobody|no one|hardly|barely)|n['’]t)\s+(?:\w+\s+){0,2}$`)

	decisive = regexp.MustCompile(`(?i)\b(?:deal[- ]?breakers?|show[- ]?stoppers?|walked away|lost the deal)\b`)
	pleasant = regexp.MustCompile(`(?i)\bnice[- ]to[- ]haves?\b`)

	name    = `\p{Lu}[\p{L}\p{N}&'’-]*(?:\s+(?:&\s+)?\p{Lu}[\p{L}\p{N}&'’-]*){0,3}`
	rivals  = regexp.MustCompile(`(?:\b(?i:vs\.?|versus|against|instead of|compar(?:e|es|ed|ing)(?: us| it| this)? (?:to|with)|switching from|rather than))\s+(` + name + `)`)
	clients = regexp.MustCompile(`\b(?:(?i:at|from|with)|` + office + `\s+of)\s+(` + name + `)`)
	// office is held in a company, not in a department: "the CFO of Thistle".
	office  = `(?:C[A-Z]{1,3}O|(?i:founder|managing director|owner))`
	notName = regexp.MustCompile(`^(?i:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|the|our|their|i|we|it|hr|c[a-z]o|ciso)$`)
)

// readFacts reads a line by rules. known are pieces that the line may be
// about: their personas and stages count when the line names them, and what a
// battlecard among them is about is a competitor.
func readFacts(line string, known []content.Served) facts {
	f := facts{verdict: readVerdict(line), importance: readImportance(line), persona: firstTerm(personas, line), stage: firstTerm(stages, line)}
	for _, a := range known {
		f.persona = orNamed(f.persona, a.Personas, line)
		f.stage = orNamed(f.stage, a.Stages, line)
	}

	if m := rivals.FindStringSubmatch(line); m != nil {
		f.competitor = properName(m[1])
	}

	for _, a := range known {
		if f.competitor == "" && a.Kind == content.Battlecard {
			f.competitor = sharedName(line, a.Version.Title)
		}
	}

	for _, m := range clients.FindAllStringSubmatch(line, -1) {
		if n := properName(m[1]); n != "" && n != f.competitor && firstTerm(personas, n) == "" {
			f.account = n
			break
		}
	}

	return f
}

// deniedWithin is how far in front of a word of praise a denial is looked for,
// in bytes.
const deniedWithin = 40

// readVerdict weighs words of praise against words of trouble; praise that is
// denied ("didn't like") is trouble.
func readVerdict(line string) content.Verdict {
	good, bad := false, putOff.MatchString(line)
	for _, at := range pleased.FindAllStringIndex(line, -1) {
		before := line[max(0, at[0]-deniedWithin):at[0]]
		if denied.MatchString(before) {
			bad = true
		} else {
			good = true
		}
	}

	switch {
	case good && bad:
		return content.Mixed
	case good:
		return content.Works
	case bad:
		return content.Fails
	}

	return ""
}

func readImportance(line string) feedback.Importance {
	switch {
	case decisive.MatchString(line):
		return feedback.Dealbreaker
	case pleasant.MatchString(line):
		return feedback.NiceToHave
	}

	return ""
}

// firstTerm is the term that a line names first.
func firstTerm(all []term, line string) string {
	best, at := "", len(line)
	for _, t := range all {
		if found := t.words.FindStringIndex(line); found != nil && found[0] < at {
			best, at = t.name, found[0]
		}
	}

	return best
}

// orNamed is a term, or else the first of several that a line names as a word.
func orNamed(term string, names []string, line string) string {
	if term != "" {
		return term
	}

	words := strings.FieldsFunc(strings.ToLower(line), notInWord)
	for _, n := range names {
		if n = strings.ToLower(n); slices.Contains(words, n) {
			return n
		}
	}

	return ""
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '-' }

// properName is a name without what isn't part of it: weekdays, pronouns,
// roles, a possessive. It is "" when nothing is left.
func properName(text string) string {
	words := strings.Fields(text)
	words = slices.DeleteFunc(words, func(w string) bool { return notName.MatchString(w) })
	n := strings.Join(words, " ")
	for _, end := range []string{"'s", "’s", "'", "’", "-"} {
		n = strings.TrimSuffix(n, end)
	}

	return n
}

// sharedName is the first word with a capital letter that a line and a title
// share.
func sharedName(line, title string) string {
	inTitle := strings.FieldsFunc(title, notInWord)
	for _, w := range strings.FieldsFunc(line, notInWord) {
		first, _ := utf8.DecodeRuneInString(w)
		if unicode.IsUpper(first) && utf8.RuneCountInString(w) > 3 && !notName.MatchString(w) && slices.Contains(inTitle, w) && !strings.EqualFold(w, "against") {
			return w
		}
	}

	return ""
}

// names reports whether a line names a piece: by a word of its title or of its
// topics, or by one that begins with it ("meter", "meters").
func names(line string, a content.Served) bool {
	about := strings.FieldsFunc(strings.ToLower(a.Version.Title+" "+strings.Join(a.Topics, " ")), notInWord)
	for _, w := range strings.FieldsFunc(strings.ToLower(line), notInWord) {
		for _, t := range about {
			if min(utf8.RuneCountInString(w), utf8.RuneCountInString(t)) > 3 && (strings.HasPrefix(w, t) || strings.HasPrefix(t, w)) {
				return true
			}
		}
	}

	return false
}
