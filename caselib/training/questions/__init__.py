"""What a question is made of and how an answer is marked: pure functions, no rows and no people."""
