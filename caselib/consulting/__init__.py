"""提请会商: a question to named departments, what each of them says, and what the lead department makes of it."""
