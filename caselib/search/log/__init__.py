"""检索记录: what is asked on the results page, without who asked. Read by the tuning desk, pruned at 180 days.

Reading pages writes nothing: what a page notes is put into a small queue in memory, and a thread of the process writes
it down after the page has gone out. Rows may be lost (a full queue, a stopped process); a page never waits or fails.
"""
