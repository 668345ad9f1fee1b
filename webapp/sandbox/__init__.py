"""Sandboxes: a draft tried out in a database, a folder, a time and with keys of its own; nothing leaves them.

There is no worker in a sandbox: no mail, no webhook, no time stamp, no seal. What would be done in the
background stays a row.
"""

from webapp.sandbox.playing import play as play
from webapp.sandbox.playing import play_all as play_all
from webapp.sandbox.playing import played as played
from webapp.sandbox.playing import require_passed as require_passed
from webapp.sandbox.site import Site as Site
from webapp.sandbox.trials import Beginning as Beginning
from webapp.sandbox.trials import Trial as Trial
from webapp.sandbox.trials import Trials as Trials
