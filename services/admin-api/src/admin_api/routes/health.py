"""`GET /health/live` and `GET /health/ready`: the two routes without a token."""

from fastapi import APIRouter
from sqlalchemy import text

from admin_api.sessions import SessionDep

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="The process answers")
def live() -> dict[str, str]:
    """Always ok."""
    return {"status": "ok"}


@router.get("/ready", summary="The warehouse answers")
def ready(session: SessionDep) -> dict[str, str]:
    """Ok, or 503."""
    session.connection().execute(text("SELECT 1"))
    return {"status": "ok"}
