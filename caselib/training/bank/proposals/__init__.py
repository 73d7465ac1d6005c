"""Questions that the site proposes from a precedent. Every word comes from the library; a trainer confirms each or it is not kept."""
