package directory

// Lifetimes that tests count on.
const (
	AskAgain  = askAgain
	RolesFor  = rolesFor
	OwnerFor  = ownerFor
	PersonFor = personFor
)
