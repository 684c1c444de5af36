"""Whether the ports of a home folder are free."""

import socket

from clickstream.errors import PortTakenError
from clickstream.home import Home


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As uvicorn and PostgreSQL do: connections in TIME_WAIT of a server that ended are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def require_free(home: Home, *services: str) -> None:
    """Check that nobody listens on the services' ports.

    Raises:
        PortTakenError: somebody does.
    """
    taken = [f"{home.ports[service]} ({service})" for service in services if not is_free(home.ports[service])]
    if taken:
        raise PortTakenError(
            f"port {', '.join(taken)} is in use by another program: stop it, or move all ports with --port-base N"
        )
