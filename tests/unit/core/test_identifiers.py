"""Numbers of people and organisations; checksums are held against python-stdnum."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from webapp.core import identifiers

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@settings(deadline=None)  # the machine may be busy
@given(
    st.text("159", min_size=1, max_size=1),
    st.text("123", min_size=1, max_size=1),
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
    st.sampled_from(USCC_ALPHABET),
)
def test_uscc_agrees_with_stdnum(office, kind, region, organisation, check):
    code = office + kind + region + organisation + check
    try:
        identifiers.check_uscc(code)
        accepted = True
    except ValueError:
        accepted = False
    assert accepted is uscc.is_valid(code)
    right = code[:17] + uscc.calc_check_digit(code)
    assert identifiers.check_uscc(f" {right[:8].lower()} {right[8:]} ") == right


@settings(deadline=None)  # the machine may be busy
@given(
    st.from_regex(r"[1-6][0-9]{5}", fullmatch=True),
    st.dates(min_value=date(1930, 1, 1), max_value=date(2010, 1, 1)),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.sampled_from("0123456789X"),
)
def test_resident_id_checksum_agrees_with_stdnum(region, born, order, check):
    body = region + born.strftime("%Y%m%d") + order
    right = ric.calc_check_digit(body + check)
    if check == right:
        assert identifiers.check_resident_id(body + check.lower()) == body + right
    else:
        with pytest.raises(ValueError, match="校验位"):
            identifiers.check_resident_id(body + check)


def test_resident_id_born_in_tongzhou_before_the_district_existed():
    # 110112 became 通州区 in 1997; a person born in 1990 may still carry it
    assert identifiers.check_resident_id("110112199001011236") == "110112199001011236"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "18 位"),
        ("11011219900101123", "18 位"),
        ("11011219901301123X", "出生日期"),
        ("11011219900230123X", "出生日期"),
        ("11011222220101123X", "晚于今天"),
        ("110112199001011237", "校验位"),
        ("١١٠١١٢١٩٩٠٠١٠١١٢٣٦", "18 位"),
    ],
)
def test_resident_id_says_what_is_wrong(number, reason):
    with pytest.raises(ValueError, match=reason):
        identifiers.check_resident_id(number)


def test_full_width_characters_of_chinese_keyboards_are_read():
    assert identifiers.check_phone("１３８００１３８０００") == "13800138000"


@pytest.mark.parametrize(
    "number",
    ["13800138000", "010-69541234", "69541234", "0316-7012345", "12333", "400-810-8888", "+86 138 0013 8000"],
)
def test_phone_accepts_numbers_in_use(number):
    assert identifiers.check_phone(number)


@pytest.mark.parametrize("number", ["", "1380013800", "12800138000", "abc", "138001380001", "1" * 500])
def test_phone_refuses(number):
    with pytest.raises(ValueError, match="11 位"):
        identifiers.check_phone(number)


def test_masks():
    assert identifiers.mask_name("张三丰") == "张**"
    assert identifiers.mask_name("张") == "*"
    assert identifiers.mask_phone("13812345678") == "138****5678"
    assert identifiers.mask_resident_id("110112199001011236") == "110***********1236"
    assert identifiers.mask_phone("12333") == "*****"


def test_uscc_of_a_registering_body_with_a_letter():
    # GB 32100 gives N to 农业农村部门 (rural cooperatives), which python-stdnum does not know
    body = "N2110112MF0123456"
    code = body + uscc.calc_check_digit(body)
    assert identifiers.check_uscc(code) == code


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=30).map(str.strip))
def test_a_mask_never_shows_the_whole(text):
    for mask in (identifiers.mask_name, identifiers.mask_phone, identifiers.mask_resident_id):
        assert "*" in mask(text) or not text
        assert len(mask(text)) == len(text) or not text


def test_uuid7_is_of_version_7_ordered_and_of_this_millisecond():
    before = time.time_ns() // 1_000_000
    keys = [identifiers.uuid7() for _ in range(20_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}
    assert before <= keys[0].int >> 80 <= time.time_ns() // 1_000_000 + 20


def test_public_token_has_room_for_128_bits_and_fits_an_address():
    tokens = {identifiers.public_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 22 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)
