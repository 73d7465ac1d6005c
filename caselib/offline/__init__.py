"""离线包: what a hall reads when the network or the system is down. One folder of pages that need nothing but a browser."""
