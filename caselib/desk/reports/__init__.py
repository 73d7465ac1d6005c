"""纠错: what readers and uses say is wrong with the texts of a department, soonest due first."""
