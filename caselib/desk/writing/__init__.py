"""写案例: from an empty page or a ticket to a submitted text."""
