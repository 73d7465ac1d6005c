"""知识缺口: questions that the library does not answer, filed with one click and closed by editors."""
