"""离线包: the room where an administrator of a department takes away what its hall reads when the network is down."""
