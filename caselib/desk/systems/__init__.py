"""对接系统: the room in which a department looks after the systems that act in its name."""
