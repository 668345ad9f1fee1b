"""What a citizen reads about a document or a file: one finding, in plain words, whatever its state."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.integration.recognition import desk
from tests.unit.documents.conftest import source
from webapp import documents as typesetter
from webapp.core import clock
from webapp.documents import LocalAuthority, SealBox, load_template, render
from webapp.integrations import sealing
from webapp.models.document import Document
from webapp.services.documents import file_of
from webapp.uow import unit_of_work

FINDING = re.compile(r'<div class="result tone-(\w+)">.*?<h1>([^<]*?)\s*(?:<|$).*?<p>([^<]*)</p>', re.DOTALL)
REPLY, RECORD = "recognition_reply", "site_check"


@pytest.fixture
def paper(at, app):
    """Return a document of a recognised market by its template, sealed where it bears a seal."""
    case_id = at("recognised")

    def found(template_key, *, sealed=True):
        if sealed:
            desk.work(app)
        (document,) = [row for row in desk.documents(case_id) if row.template_key == template_key]
        return document

    return found


def become(document, status):
    """Let a document change its state."""
    with unit_of_work() as session:
        session.get_one(Document, document.id).status = status


def finding(answer):
    """Return tone, heading and text of a page; there is never more than one finding on it."""
    assert answer.status_code in {200, 404}
    found = FINDING.findall(answer.text)
    assert len(found) == 1, answer.text
    assert answer.text.count("<h1") == 1
    return found[0]


@pytest.fixture
def by_code(browse):
    """Scan the code of a document."""
    return lambda document: finding(browse().get(f"/v/{document.token}"))


@pytest.fixture
def by_file(browse):
    """Upload a file, perhaps after scanning the code of a document."""

    def uploaded(content, scanned=None):
        data = {"file": (BytesIO(content), "公文.pdf")} | ({"token": scanned} if scanned else {})
        return finding(browse().post("/verify", data=data))

    return uploaded


def altered(pdf):
    """Change one byte of what is printed; the file can still be read."""
    changed = bytearray(pdf)
    changed[pdf.index(b"stream\n") + 40] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("issued", ("ok", "本系统签发的真实公文", "公文现行有效")),
        ("superseded", ("warn", "公文真实，但已被新的公文替代", "以新的公文为准")),
        ("revoked", ("bad", "公文真实，但已撤销", "不再有效，请勿使用")),
    ],
)
def test_code_of_a_sealed_document(paper, by_code, status, said):
    document = paper(REPLY)
    become(document, status)
    found = by_code(document)
    assert found[:2] == said[:2]
    assert said[2] in found[2]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("issued", ("ok", "文件真实，公文有效", "电子签名有效")),
        ("superseded", ("warn", "文件真实，但公文已被新的公文替代", "以新的公文为准")),
        ("revoked", ("bad", "文件真实，但公文已撤销", "不再有效，请勿使用")),
    ],
)
def test_file_of_a_sealed_document(paper, by_file, status, said):
    document = paper(REPLY)
    become(document, status)
    found = by_file(file_of(document))
    assert found[:2] == said[:2]
    assert "逐字节一致" in found[2]
    assert said[2] in found[2]


@pytest.mark.parametrize(
    ("status", "tone", "heading"),
    [
        ("issued", "ok", "文件真实，公文有效"),
        ("superseded", "warn", "文件真实，但公文已被新的公文替代"),
        ("revoked", "bad", "文件真实，但公文已撤销"),
    ],
)
def test_file_of_a_record_that_bears_no_seal(paper, by_file, status, tone, heading):
    document = paper(RECORD)
    become(document, status)
    found = by_file(file_of(document))
    assert found[:2] == (tone, heading)
    assert "逐字节一致" in found[2]
    assert "没有电子签名" not in found[2]


def test_a_record_without_a_seal_says_who_signs_it_instead(paper, by_code, by_file):
    document = paper(RECORD)
    code, file = by_code(document), by_file(file_of(document))
    assert code[:2] == ("ok", "本系统登记的真实公文")
    for _, _, text in (code, file):
        assert "本公文不加盖电子印章，由文中所列人员签字" in text


def test_file_before_its_seal(paper, by_code, by_file):
    document = paper(REPLY, sealed=False)
    draft = file_of(document)
    assert by_code(document)[:2] == ("warn", "公文已登记，正在用印")
    assert by_file(draft)[:2] == ("warn", "公文正在用印")
    paper(REPLY)
    tone, heading, text = by_file(draft)
    assert (tone, heading) == ("warn", "这是用印前的文件")
    assert "不能作为正式公文使用" in text


def test_record_before_it_is_put_out(paper, by_code, by_file):
    document = paper(RECORD, sealed=False)
    assert by_code(document)[:2] == ("warn", "公文正在登记")
    assert by_file(file_of(document))[:2] == ("warn", "公文正在登记")


def test_changed_bytes_of_a_sealed_document(paper, by_file):
    document = paper(REPLY)
    changed = altered(file_of(document))
    tone, heading, text = by_file(changed)
    assert (tone, heading) == ("bad", "文件被改动过")
    assert "不能采信" in text
    tone, heading, text = by_file(changed, document.token)
    assert (tone, heading) == ("bad", "文件与这份公文的原件不一致")
    assert "签名后被改动过" in text


def test_changed_bytes_of_a_record_without_a_seal(paper, by_file):
    document = paper(RECORD)
    changed = altered(file_of(document))
    tone, heading, text = by_file(changed)
    assert (tone, heading) == ("bad", "未查到这份文件")
    assert "可能被改动过" in text
    tone, heading, text = by_file(changed, document.token)
    assert (tone, heading) == ("bad", "文件与这份公文的原件不一致")
    assert "被改动过、另存过，或者不是同一份公文" in text


def test_another_genuine_document_than_the_one_scanned(paper, by_file):
    reply, record = paper(REPLY), paper(RECORD)
    tone, heading, text = by_file(file_of(record), reply.token)
    assert (tone, heading) == ("warn", "文件是另一份公文")
    assert f"《{record.title}》" in text
    assert by_file(file_of(reply), reply.token)[:2] == ("ok", "文件真实，公文有效")
    assert by_file(file_of(reply), "guess")[:2] == ("ok", "文件真实，公文有效")


def test_signature_of_this_system_on_a_file_that_was_never_issued(paper, by_file):
    document = paper(REPLY, sealed=False)
    boxes = [SealBox(**box) for box in document.seal_boxes]
    again = sealing.seal(
        file_of(document), boxes, agency_key="hrss", agency_name="区人力社保局", when=clock.now()
    )
    tone, heading, text = by_file(again)
    assert (tone, heading) == ("bad", "未查到这份文件")
    assert "带有本系统的电子签名" in text


def test_signature_of_somebody_else(paper, by_file, tmp_path):
    document = paper(REPLY, sealed=False)
    boxes = [SealBox(**box) for box in document.seal_boxes]
    stranger = LocalAuthority(tmp_path).signer("hrss", "区人力社保局")
    forged = typesetter.sign(file_of(document), boxes, stranger, clock.now())
    assert by_file(forged)[:2] == ("bad", "不是本系统签发的文件")


def test_unknown_file(app, by_file):
    pdf = render(load_template(source("信函", "[依据 TZ-3.1]\n与本系统无关。")), {}).pdf
    tone, heading, text = by_file(pdf)
    assert (tone, heading) == ("bad", "未查到这份文件")
    assert "没有电子签名，也与本系统登记的公文都不一致" in text


@pytest.mark.parametrize("content", [b"no pdf", b"\x00", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf(app, by_file, content):
    assert by_file(content)[:2] == ("bad", "无法读取文件")


def test_unknown_code(app, browse):
    answer = browse().get("/v/guess")
    assert answer.status_code == 404
    assert finding(answer)[:2] == ("bad", "未查到该公文")


def test_facts_of_the_document_stand_below_the_finding(paper, browse):
    document = paper(RECORD)
    page = browse().post("/verify", data={"file": (BytesIO(file_of(document)), "表.pdf")}).text
    for shown in (document.title, "未编号", "有效", "无，由文中所列人员签字", document.sha256):
        assert shown in page
    assert "核验次数" not in page, "a file that is looked at is no look at the code"
