// Package sample holds a fictional company that shows Smarketer at work: its
// copy, its leads, what its reps heard, and the Slack workspace they work in.
// The demo starts with it, the tests use it, and the README's pictures show it.
//
// The company is Hushwatt of Bristol. It clips sensors round the cables of
// shops, hotels and schools, and each morning sends a short list of what ran
// all night for nobody. It has 86 customers with 1,140 sites; it charges £95 a
// site a month (£82 from 50 sites, £69 from 200) and £240 a site for fitting;
// the median site saves 14% of a £31,000 electricity bill. Whoever changes a
// figure here changes it in every piece that uses it.
//
// Its competitors are Voltquill (reads the main meter), Brumble Controls
// (building management systems), Plugmoth (smart plugs) and Ledgerwick (carbon
// reports). No company, product or person in these files exists, and every
// domain ends in .example.
package sample

import "embed"

// Files holds, at its root:
//
//   - content/*.md: the library of copy, in the format that "smarketer content import" reads
//   - workspace.yaml: the simulated Slack workspace, without the app's own tokens and commands
//   - smarketer.yaml: a configuration that fits the workspace
//   - leads.json: a body for POST /webhooks/leads
//   - lead-examples.json: titled leads to choose from when sending one by hand
//   - panel/panel.js: the form for sending one by hand, shown in the simulator's page
//   - leads.csv: a file for "smarketer lead import"
//   - desk.json and desk/*.md: what waits for marketing when the demo starts
//   - feedback.json: what reps heard, with assets named by their slugs
//
//go:embed content/*.md desk/*.md desk.json workspace.yaml smarketer.yaml leads.json lead-examples.json panel/panel.js leads.csv feedback.json
var Files embed.FS
