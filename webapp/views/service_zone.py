"""零工服务专区, for everybody: a page to search, and a feed that other sites take up (Policy: TZ-2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from webapp.config import current_settings
from webapp.queries import service_zone as queries
from webapp.queries.jurisdictions import shown_jurisdictions
from webapp.uow import read_only
from webapp.views.parameters import page_number
from webapp.views.public import asked_for
from webapp.views.security import public

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

service_zone = Blueprint("service_zone", __name__, url_prefix="/services")

FRESH_SECONDS = 600
"""How long a site that takes the feed up may keep it."""
_SINCE_EVER = datetime(2025, 1, 1, tzinfo=UTC)


@service_zone.get("")
@public
def show() -> str:
    """Posts and courses of all markets, laws and policies."""
    wanted = queries.ZoneFilter(
        kind=request.args.get("kind", ""),
        q=request.args.get("q", "").strip()[:80],
        number=page_number(),
        at=request.args.get("at", ""),
    )
    with read_only() as session:
        here = asked_for(session)
        return render_template(
            "public/zone.html",
            here=here,
            jurisdictions=shown_jurisdictions(session),
            zone=queries.zone(session, here, wanted),
        )


@service_zone.get("/feed.atom")
@public
def feed() -> BaseResponse:
    """The newest offers as an Atom feed (RFC 4287); asked again, it is sent only if something changed."""
    with read_only() as session:
        here = asked_for(session)
        offers = queries.newest(session, here)
        body = render_template(
            "public/zone.atom.xml",
            jurisdiction=here,
            offers=offers,
            updated=max((one.published_at for one in offers), default=_SINCE_EVER),
            site=current_settings().public_url.rstrip("/"),
        )
    response = Response(body, mimetype="application/atom+xml")
    response.add_etag()
    response.cache_control.public, response.cache_control.max_age = True, FRESH_SECONDS
    return response.make_conditional(request)
