package store

// noteApproval tells the feed that another version of an asset is approved than
// was, as "content.approved version:C-12@3", or that none is.
func (c *change) noteApproval(a Asset, was int) {
	switch {
	case a.Approved == was:
	case a.Approved > 0:
		c.note("content.approved", "version:"+VersionRef(a.ID, a.Approved))
	default:
		c.note("content.retired", "version:"+VersionRef(a.ID, was))
	}
}
