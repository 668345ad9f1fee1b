"""Plays two stories over HTTP only: two filings up to the directory, and a market's life up to its exit.

`make demo` runs it. It starts servers of its own in a fresh folder below `var` (or in LINGGONG_VAR), signs
in as the people of the demonstration and does what they do. The first story hands in the content of the
annex with its materials; every PDF that was issued is fetched, checked and kept. The second moves the clock
of its server through two years. Ends with 1 on anything unexpected. It needs nothing but Python's standard
library and imports nothing of the application.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from pathlib import Path

import demo_life
from demo_client import DemoFailed, Person
from demo_papers import check_public, keep_documents
from demo_recognition import OPINIONS, Journey
from demo_server import BEIJING, ROOT, server


def play_filings(var: Path) -> None:
    """Play both filings."""
    began = time.monotonic()
    with server(var) as base:
        print(f"演示服务器：{base}，数据在 {var}")
        bureau = {
            name: Person.sign_in(base, name)
            for name in ("renshe", "renshe-2", "renshe-kz", "renshe-fj", *OPINIONS)
        }
        market_town = {
            "clerk": Person.sign_in(base, "majuqiao"),
            "reviewer": Person.sign_in(base, "majuqiao-sh"),
            "leader": Person.sign_in(base, "majuqiao-ld"),
        }
        station_town = {
            "clerk": Person.sign_in(base, "songzhuang", "经办"),
            "reviewer": Person.sign_in(base, "songzhuang", "审核"),
            "leader": Person.sign_in(base, "songzhuang-ld"),
        }
        files, today = 0, datetime.now(BEIJING).date().isoformat()
        for title, kind, town, count in (
            ("一、综合性零工市场（含一次补正）", "market", market_town, 11),
            ("二、零工驿站", "station", station_town, 7),
        ):
            print(f"\n{title}")
            case = Journey(base, kind, town, bureau, today).walk(correct=kind == "market")
            kept = keep_documents(bureau["renshe"], case["no"], count, var / "documents")
            check_public(base, case, kept[-1])
            files += len(kept)
    print(f"\n全部完成：2 件办结，{files} 份公文，用时 {time.monotonic() - began:.0f} 秒。")
    print(f"公文在 {var / 'documents'}")


def main() -> int:
    """Run both stories; return the exit code."""
    stamp = datetime.now(BEIJING).strftime("%Y%m%d-%H%M%S")
    var = Path(os.environ.get("LINGGONG_VAR") or ROOT / "var" / f"demo-{stamp}").resolve()
    var.mkdir(parents=True, exist_ok=True)
    try:
        play_filings(var)
        demo_life.play(var / "life")
    except DemoFailed as failed:
        print(f"\n演示没有完成：{failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
