from __future__ import annotations

import pytest

from webapp.documents import SealPlace, load_template, render

AGENCY = "北京市通州区人力资源和社会保障局"
BODY = "经研究，现就有关事项函复如下，请结合实际抓好落实。"


def source(layout: str, body: str, **head: str | list[str]) -> str:
    values: dict[str, str | list[str]] = {
        "版式": layout,
        "发文机关标志": AGENCY + ("文件" if layout == "文件" else ""),
        "发文字号": "通人社函〔2026〕18号",
        "标题": "关于认定演示零工市场的函",
        "主送": "演示镇人民政府",
        "署名": AGENCY,
        "成文日期": "2026年11月20日",
    }
    values.update(head)
    lines = [f"{key}: {value!r}" for key, value in values.items() if value]
    return "---\n" + "\n".join(lines) + "\n---\n" + body + "\n"


@pytest.fixture
def make():
    """Render a document of a layout with a body; head values may be given or emptied."""

    def build(layout="信函", body=BODY, facts=None, *, seal=True, url=None, preview=False, **head):
        seals = (SealPlace("hrss", 42.0),) if seal else ()
        return render(
            load_template(source(layout, body, **head)),
            facts or {},
            seals=seals,
            verify_url=url,
            preview=preview,
        )

    return build
