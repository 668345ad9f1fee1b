import pytest

from webapp.core.naming import telling_character


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("区人力社保局", "人"),
        ("市公安局通州分局", "公"),
        ("区委网信办", "网"),
        ("马驹桥镇", "马"),
        ("区", "区"),
        ("", ""),
    ],
)
def test_the_character_that_tells_an_agency_from_others(name, character):
    assert telling_character(name) == character
