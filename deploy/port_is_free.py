"""Exit code 0 when nothing listens on that port of 127.0.0.1 and it may be taken: `port_is_free.py 8000`."""

import socket
import sys


def main() -> int:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(sys.argv[1])))
        except OSError:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
