"""What the web server of a journey serves: the application, real but for its clock."""

from __future__ import annotations

import os
from pathlib import Path

from tests.journeys.moving_clock import MovingClock
from webapp.app import create_app
from webapp.core import clock

clock.set_clock(MovingClock(Path(os.environ["LINGGONG_VAR"]) / "moving_clock"))
app = create_app()
