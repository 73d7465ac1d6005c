"""看住案例: what keeps a precedent clean: attachments, findings let through, off view and back, tiers, out of use."""
