"""推送和订阅: the room in which a department looks after what other systems are told."""
