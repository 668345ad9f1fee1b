"""What an administrator does with drafts, through the pages."""

from __future__ import annotations

import json
import re

EDITOR, RELEASER = "admin", "renshe-kz"
RULES = "workflows/tongzhou/recognition.dmn"
MANIFEST = "workflows/tongzhou/pack.toml"


def opened(browser, title="调整场地面积", source="current", **more):
    """Begin a draft; return the path of its page."""
    answer = browser.post("/studio", data={"title": title, "source": source} | more)
    assert answer.status_code == 302, answer.text
    return answer.location


def read(browser, draft, path):
    """Return the text and the revision of a file, as its editor's script gets them."""
    answer = browser.get(f"{draft}/files/{path}")
    assert answer.status_code == 200, answer.text
    found = re.search(r'id="studio-file">(.*?)</script>', answer.text, re.DOTALL)
    file = json.loads(found[1])
    return file["text"], file["revision"]


def put(browser, draft, path, text, revision):
    """Save a file as an editor's script does."""
    return browser.put(f"{draft}/files/{path}", json={"text": text, "revision": revision})


def change(browser, draft, path, old, new):
    """Replace a text in a file and save it."""
    text, revision = read(browser, draft, path)
    assert text.count(old) == 1, text.count(old)
    answer = put(browser, draft, path, text.replace(old, new), revision)
    assert answer.status_code == 200, answer.text
    return answer.json["revision"]


def followed(browser, url, **sent):
    """Send a form and go where the answer leads."""
    answer = browser.post(url, **sent)
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location)
