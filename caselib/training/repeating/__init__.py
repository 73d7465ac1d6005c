"""再考: what went wrong comes up again, when the scheduler says."""
