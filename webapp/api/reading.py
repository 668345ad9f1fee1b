"""What callers send: read strictly, bounded in size, refused with the place and the reason."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from webapp.core.errors import DomainError, Invalid
from webapp.services.attachments import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic_core import ErrorDetails
    from werkzeug.datastructures import FileStorage

Body = TypeVar("Body", bound=BaseModel)

JSON = "application/json"
MULTIPART = "multipart/form-data"
MAX_JSON_BYTES = 2 * 1024 * 1024
_AROUND_A_FILE = 64 * 1024
"""What a multipart body may hold besides the file itself."""
_WORDS = {
    "missing": "缺少这一项。",
    "extra_forbidden": "没有这一项，请删去或核对名称。",
    "string_type": "应为文字。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "bool_type": "应为 true 或 false。",
    "dict_type": "应为各项名称和值的对应表（JSON 对象）。",
    "model_type": "应为各项名称和值的对应表（JSON 对象）。",
    "key": "应为编号（UUID）。",
    "is_instance_of": "应为编号（UUID）。",
    "day": "应为日期，例如 2026-11-20。",
    "date_type": "应为日期，例如 2026-11-20。",
    "list_type": "应为列表（JSON 数组）。",
    "too_short": "至少 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "literal_error": "不是可以选用的值，请对照接口说明。",
    "string_too_short": "至少 {min_length} 字。",
    "string_too_long": "最多 {max_length} 字。",
    "string_pattern_mismatch": "含有不允许的字符。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
}
"""Chinese sentences by pydantic's kinds of error."""


class Malformed(DomainError):  # noqa: N818 - named by what is wrong
    """The body cannot be read at all."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "malformed"


class UnsupportedType(DomainError):  # noqa: N818 - named by what is wrong
    """The body is of another type than asked for."""

    status: ClassVar[int] = 415
    code: ClassVar[str] = "media_type"


def read_body(model: type[Body]) -> Body:
    """Read the JSON body of the present request, types taken strictly.

    Raises:
        UnsupportedType: If it does not say that it is JSON.
        Malformed: If it is not JSON in UTF-8, or a name stands in it twice.
        Invalid: With the messages by path.
    """
    if request.mimetype != JSON:
        raise UnsupportedType(f"请以 JSON 提交，并在请求头中写明 Content-Type: {JSON}。")
    request.max_content_length = MAX_JSON_BYTES
    try:
        return model.model_validate(_parse(request.get_data(cache=False)), strict=True)
    except ValidationError as wrong:
        _refuse(wrong)


def read_query(model: type[Body]) -> Body:
    """Read the parameters in the address of the present request; those of other names are ignored.

    Raises:
        Invalid: With the messages by parameter.
    """
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as wrong:
        _refuse(wrong)


def read_file() -> FileStorage:
    """Read the file of a multipart body.

    Raises:
        UnsupportedType: If it is not multipart, or does not say where its parts begin.
        Invalid: If there is no file in it.
    """
    if request.mimetype != MULTIPART or not request.mimetype_params.get("boundary"):
        raise UnsupportedType(f"请以表单方式（{MULTIPART}，含 boundary）上传文件。")
    request.max_content_length = MAX_BYTES + _AROUND_A_FILE
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("请选择要上传的文件，字段名为 file。", field="file")
    return file


def _parse(content: bytes) -> Any:
    """Parse JSON; half characters (unpaired surrogates), which JSON can write, are no text."""
    try:
        value = json.loads(
            content.decode(), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
        for text in _texts(value):
            text.encode()
    except (ValueError, ArithmeticError, RecursionError):
        raise Malformed("请求内容不是完整、规范的 JSON（UTF-8 编码），请核对后重试。") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _refuse(wrong: ValidationError) -> NoReturn:
    errors: dict[str, list[str]] = {}
    for found in wrong.errors(include_url=False, include_input=False):
        errors.setdefault(_path(found["loc"]), []).append(_sentence(found))
    raise Invalid("请求的内容有误，请按提示修改后重试。", errors=errors) from None


def _path(places: Iterable[int | str]) -> str:
    return ".".join(str(place)[:60] for place in places)


def _sentence(found: ErrorDetails) -> str:
    context: Mapping[str, Any] = found.get("ctx", {})
    return _WORDS.get(found["type"], "填写有误，请核对。").format_map(context)
