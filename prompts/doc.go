// Package prompts holds what we ask a language model, and is the only code
// that talks to one.
//
// It speaks to any server with OpenAI's chat completions API. Everything in
// Smarketer works without a model, so every task here may fail: the caller
// goes on without the answer, and what a model did answer is a suggestion that
// a person confirms.
//
// The map:
//
//	client.go                     Config, New, the two errors
//	ask.go                        ask: call, decode, check, repair once
//	call.go                       one call: response formats, retries, what a failure means
//	render.go                     templates, and the fence around what people wrote
//	mask.go                       e-mail addresses and telephone numbers stay here
//	feedback.go                   the task "extract feedback"
//	extract_feedback.tmpl         its prompt
//	extract_feedback.schema.json  the shape of its answer
//	repair.tmpl                   what a model is told when its answer can't be used
//
// A new task is a template, an answer type with its schema, and a check.
//
// What holds for every task: one deadline for all its calls; what people wrote
// is masked, and stands in the prompt as data between fences that it can't
// contain; the answer is decoded strictly and checked here, whatever the server
// promised; neither prompts nor answers reach a log or an error.
package prompts
