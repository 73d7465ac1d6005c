"""检索调优: what people ask and do not find, the questions that must be answered (检索考题), and what a change would bring."""
