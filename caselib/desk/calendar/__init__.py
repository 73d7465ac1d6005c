"""工作日历: which days the hall works on, out of the library's tables and of what the site entered itself."""
