// Package feedbackrepo stores field feedback in Redis. What may become of a
// piece is decided in package feedback; here it is read, written, indexed and
// found again.
//
//	keys.go        every key of feedback
//	repo.go        reading pieces by ID, and by who gave them
//	write.go       the one function that writes a piece, its indexes and counts
//	add.go         new pieces, each once
//	revise.go      editing, deleting, undoing, triage, answers
//	group.go       joining and splitting
//	catchup.go     steps of a primary piece reach those joined to it
//	inbox.go       finding pieces by a filter, page by page
//	walk.go        going through all pieces
//	remind.go      what marketing hasn't looked at yet
//	complaints.go  who says that a version fails
//	redact.go      replacing words in a piece, for somebody who is to be forgotten
//	check*.go      comparing pieces with everything that follows from them
//	mend.go        mending what a check finds, where that is safe
package feedbackrepo
