// Package people is about the data of one person, across leads, feedback and
// content: to forget somebody, and to print all that is kept about them. A
// person is found by their e-mail address, anywhere in the workspace.
//
//	address.go  finding an address in a text, and replacing it; pure
//	find.go     the places in the workspace where an address stands
//	forget.go   forgetting a person
//	export.go   everything that is kept about a person
//
// Leads that became too old are forgotten by leadrepo; how old, is for its
// caller to say.
package people
