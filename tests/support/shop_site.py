"""A small web site to visit: pages by path, and folders of files."""

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TYPES = {".js": "text/javascript", ".html": "text/html", ".map": "application/json"}


@dataclass
class Site:
    """``pages`` by path without query (`*`: any other), ``headers`` of them by path, ``folders`` by first path part."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)


@contextmanager
def running_site() -> Iterator[Site]:
    """Serve a site on an origin of its own."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            _, first, *rest = path.split("/")
            if first in site.folders:
                file = site.folders[first].joinpath(*rest)
                self._send(200 if file.is_file() else 404, file.read_bytes() if file.is_file() else b"", file.suffix)
            elif path == "/favicon.ico":
                self._send(404, b"", "")
            else:
                page = site.pages.get(path, site.pages.get("*"))
                self._send(200 if page else 404, (page or "").encode(), ".html", site.headers.get(path, {}))

        def _send(self, status: int, body: bytes, suffix: str, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{_TYPES.get(suffix, 'application/octet-stream')}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
