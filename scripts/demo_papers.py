"""What was issued, fetched and checked as everybody can."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

from demo_client import MULTIPART, Browser, Person, as_form, check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEALED_SECONDS = 180


def keep_documents(reader: Person, no: str, count: int, folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Wait for the seals of a case, fetch every PDF, and compare it with the hash that is on record."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + SEALED_SECONDS
    rows = reader.get(f"/cases/{no}").json["documents"]
    while any(row["status"] != "issued" for row in rows):
        check(time.monotonic() < until, f"{no}：公文没有在 {SEALED_SECONDS} 秒内用印")
        time.sleep(0.5)
        rows = reader.get(f"/cases/{no}").json["documents"]
    check(len(rows) == count, f"{no}：应有 {count} 份公文，实有 {len(rows)} 份")
    kept = []
    for place, row in enumerate(rows, start=1):
        document = reader.get(f"/documents/{row['id']}").json
        pdf = reader.get(f"/documents/{row['id']}.pdf").content
        check(pdf.startswith(b"%PDF-"), f"{row['title']}：不是 PDF")
        check(
            document["sealed"] == (b"/ByteRange" in pdf) == bool(row["number"]), f"{row['title']}：用印不对"
        )
        check(hashlib.sha256(pdf).hexdigest() == document["sha256"], f"{row['title']}：与登记的校验值不符")
        target = folder / f"{no}-{place:02}-{(row['number'] or row['title']).replace('/', '_')}.pdf"
        target.write_bytes(pdf)
        print(
            f"      {row['number'] or '（不编号、不用印）'}《{row['title']}》 {row['pages']} 页 {target}",
            flush=True,
        )
        kept.append((target, document))
    return kept


def check_public(base: str, case: Mapping[str, Any], reply: tuple[Path, dict[str, Any]]) -> None:
    """Look at what everybody sees: the directory, the market's page, and whether the reply is genuine."""
    visitor, market, (file, document) = Browser(base), case["market"], reply
    check(market["name"] in visitor.send("/directory").text, "名录页没有这个市场")
    check(market["no"] in visitor.send(f"/directory/{market['no']}").text, "市场页没有编号")
    check(document["number"] in visitor.send(document["verify_url"]).text, "核验页没有文号")
    told = visitor.send(f"/api/v1/verify/{document['verify_url'].rpartition('/')[2]}").json
    check(told["genuine"] and told["sha256"] == document["sha256"], f"核验结果不对：{told}")
    fields = {"csrf_token": visitor.form_token("/verify")}
    page = visitor.send("/verify", as_form(fields, file.name, file.read_bytes()), MULTIPART)
    check(document["number"] in page.text, "上传核验没有认出公文")
    print(
        f"      名录、市场页、核验页均已核对：{base}/directory/{market['no']}，{base}{document['verify_url']}"
    )
