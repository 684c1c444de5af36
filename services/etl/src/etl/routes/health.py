"""`GET /health/live` and `GET /health/ready`."""

from collections.abc import Callable

from fastapi import APIRouter

Probe = Callable[[], None]


def health_router(probe: Probe) -> APIRouter:
    """Live: the process answers. Ready: the warehouse answers."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    def live() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready")
    def ready() -> dict[str, str]:
        probe()
        return {"status": "ok"}

    return router
