"""A server that is killed between any two steps, or within one, leaves cases that go on."""

from __future__ import annotations

import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.server import Gone, Server
from webapp.config import SETTINGS
from webapp.core import clock
from webapp.integrations import sealing
from webapp.services import api_tokens, events
from webapp.services.documents import file_of
from webapp.uow import read_only, unit_of_work

KILLS = 4
WHO = {
    "township_review": {"market": ["majuqiao-sh"], "station": ["songzhuang"]},
    "township_sign": {"market": ["majuqiao-ld"], "station": ["songzhuang-ld"]},
    "acceptance": ["renshe"],
    "paper_review": ["renshe-kz"],
    "site_check": ["renshe", "renshe-2"],
    "draft_opinion": ["renshe-kz"],
    "leader_decision": ["renshe-fj"],
    **{step: [username] for step, username in filings.BODIES.items()},
}


class Office:
    """Everybody at work on two cases through the API, each case in a thread of its own."""

    def __init__(self, app, server):
        self.app = app
        self.server = server
        self.tokens = {}
        with unit_of_work() as session:
            self.cases = {kind: filings.filled(session, kind).id for kind in ("market", "station")}
            clerk = filings.actor(session, "renshe")
            photos = {"photos": ["核查照片.png"]}
            self.photos = {kind: filings.files(session, clerk, photos) for kind in self.cases}
        for step, people in WHO.items():
            for kind in self.cases:
                for username in people if isinstance(people, list) else people[kind]:
                    position = "reviewer" if (step, kind) == ("township_review", "station") else None
                    self.tokens[step, kind, username] = self._token(username, position)
        self.answers = []
        self.cut_off = 0
        self.under_way = 0
        self.stopping = False
        self.moved = threading.Condition()

    def work(self):
        """Do step after step until both cases have ended or a request was cut off."""
        self.stopping = False
        threads = [threading.Thread(target=self._go_on, args=pair) for pair in self.cases.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive()

    def running(self):
        return [kind for kind, case_id in self.cases.items() if desk.case_of(case_id).status == "running"]

    def _go_on(self, kind, case_id):
        with self.app.app_context():
            while not self.stopping and desk.case_of(case_id).status == "running":
                waiting = [item for item in desk.items(case_id) if item.status == "open"]
                self._note(under_way=1)
                try:
                    self._complete(kind, waiting[0])
                except (Gone, HTTPException):
                    self._note(under_way=-1, cut_off=1)
                else:
                    self._note(under_way=-1)

    def _note(self, *, under_way, cut_off=0):
        with self.moved:
            self.under_way += under_way
            self.cut_off += cut_off
            self.stopping = self.stopping or bool(cut_off)
            self.moved.notify_all()

    def _complete(self, kind, item):
        step = item.element_id
        people = WHO[step] if isinstance(WHO[step], list) else WHO[step][kind]
        values = filings.content(kind)[step]
        if step == "site_check":
            values |= self.photos[kind]
        signed = item.revision  # of the two who sign on site, the second does so on the first's content
        answer = self.server.complete(
            item.id,
            self.tokens[step, kind, people[signed]],
            revision=item.revision,
            data=values,
            declaration=step == "site_check",
        )
        self.answers.append((step, *answer))

    @staticmethod
    def _token(username, position):
        with unit_of_work() as session:
            who = filings.actor(session, username, position)
            return {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=2)}"}


@pytest.fixture
def server(app):
    made = Server(app.extensions[SETTINGS])
    yield made
    made.kill()


def assert_whole(office):
    """Whatever was under way is either done or not begun."""
    with read_only() as session:
        assert events.verify(session, filings.agency(session, "hrss").jurisdiction_id) == []
    numbers = []
    for case_id in office.cases.values():
        case, papers = desk.case_of(case_id), desk.documents(case_id)
        numbers += [paper.number for paper in papers if paper.number]
        assert case.status == "finished" or desk.open_steps(case_id), "a running case waits for somebody"
        assert len(desk.events(case_id, "document.issued")) == len(papers)
        done = [item for item in desk.items(case_id) if item.status == "done"]
        assert len(desk.events(case_id, "work_item.completed")) == len(done)
        for item in done:
            assert desk.submission(case_id, item.form_key)
    series = {}
    for number in numbers:
        name, value = re.fullmatch(r"(.+〕)(\d+)号", number).groups()
        series.setdefault(name, []).append(int(value))
    for name, values in series.items():
        assert sorted(values) == list(range(1, len(values) + 1)), name


def test_cases_go_on_to_their_end_after_the_server_is_killed_at_random(app, server):
    clock.set_clock(None)  # the server has a clock of its own
    office = Office(app, server)
    seed = time.time_ns()
    chance = random.Random(seed)  # noqa: S311 - picks moments, keeps no secret
    server.start()
    for number in range(KILLS):
        killer = threading.Thread(target=kill_later, args=(office, chance, number == KILLS - 1))
        killer.start()
        office.work()
        killer.join()
        assert_whole(office)
    assert office.cut_off >= KILLS, f"seed {seed}: each kill came in the midst of a request"
    server.start()
    office.work()
    server.kill()
    assert office.running() == [], f"seed {seed}: {office.answers[-3:]}"
    refused = [answer for answer in office.answers if answer[1] != 200]
    # A step whose server died while the database was committing it may be tried again: its author is told.
    assert {status for _, status, _ in refused} <= {409}, f"seed {seed}: {refused}"
    assert len(refused) <= office.cut_off, f"seed {seed}: {refused}"
    assert_whole(office)
    seal_what_is_left(app)
    for case_id, count in zip(office.cases.values(), (10, 7), strict=True):
        assert desk.case_of(case_id).outcome == "approved"
        assert desk.market_of(case_id).status == "recognised"
        papers = desk.documents(case_id)
        assert len(papers) == count
        for paper in papers:
            assert paper.status == "issued"
            if paper.seal_boxes:
                assert sealing.check(file_of(paper)).trusted
        assert len(desk.events(case_id, "document.sealed")) == count - 1, "each was sealed once"
    assert {desk.market_of(case_id).no[-3:] for case_id in office.cases.values()} == {"001", "002"}
    proof = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert proof.exit_code == 0, proof.output
    assert "完整" in proof.output


def kill_later(office, chance, whole):
    """Kill the process that serves, or the whole server, in the midst of a request, some steps from now.

    A request that is answered before the kill, or that only the next process takes up, does not count.
    """
    kill = office.server.kill if whole else office.server.kill_worker
    enough = len(office.answers) + chance.randrange(3)
    with office.app.app_context(), office.moved:
        cut_off = office.cut_off
        while office.cut_off == cut_off and office.running():
            began = office.moved.wait_for(lambda: office.under_way and len(office.answers) >= enough, 1)
            answered = office.moved.wait_for(lambda: not office.under_way, chance.uniform(0, 0.1))
            if began and not answered:
                kill()
                office.moved.wait_for(lambda: not office.under_way, 60)


def seal_what_is_left(app):
    """A worker that died while it sealed holds its lease for a while; then another takes the job over."""
    later = datetime.now(UTC) + timedelta(hours=2)
    clock.set_clock(lambda: later)
    desk.work(app)
