"""The number, the address and the promise are found on a page; any other number or address is reported."""

from __future__ import annotations

import pytest

from assetgen.findings import Finding
from assetgen.preflight.pdf.finished_page import Letter
from assetgen.preflight.text.found_words import FoundFacts, find_facts
from tests.support.factories import make_spec
from tests.support.page_letters import letters_of_line, mirrored, reading_of
from tests.support.wording import Wording

NUMBER, ADDRESS, PROMISE = "0808 1000 900", "www.stopitnow.org.uk", "Confidential and anonymous"
PROMISED = {"number": NUMBER, "address": ADDRESS, "promise": PROMISE}


def found(*paragraphs: list[Letter], **changes: object) -> FoundFacts:
    spec = make_spec(**{"requires": ("number",), **changes})
    return find_facts(reading_of(*paragraphs), spec, PROMISED)


def codes_of(facts: FoundFacts) -> list[str]:
    return [finding.code for finding in facts.findings]


def only_finding(facts: FoundFacts) -> Finding:
    """Return the one finding; fail if there are more."""
    (finding,) = facts.findings
    return finding


def text_of(letters: tuple[Letter, ...]) -> str:
    return "".join(letter.char for letter in letters)


def test_all_three_facts_are_found_with_their_letters() -> None:
    facts = found(
        letters_of_line(NUMBER, y=100, group=1),
        letters_of_line(ADDRESS, y=200, group=2),
        [*letters_of_line("Confidential and", y=300, group=3), *letters_of_line("anonymous", y=330, group=3)],
        requires=("number", "address", "promise"),
    )

    assert facts.findings == ()
    assert {role: [text_of(letters) for letters in places] for role, places in facts.letters.items()} == {
        "number": ["08081000900"],
        "address": [ADDRESS],
        "promise": ["Confidentialandanonymous"],
    }


@pytest.mark.parametrize("role", ["number", "address", "promise"])
def test_a_missing_required_fact_is_reported(role: str, wording: Wording) -> None:
    finding = only_finding(found(letters_of_line("Talk to us", group=1), requires=(role,)))

    assert (finding.code, finding.role) == ("facts-missing", role)
    assert role in finding.text and PROMISED[role] in finding.text
    assert wording == finding.text


def test_a_fact_that_is_not_required_may_be_missing() -> None:
    assert found(letters_of_line("Talk to us", group=1), requires=()).findings == ()


@pytest.mark.parametrize(
    "words", [f"{NUMBER} 1", f"1 {NUMBER}", f"{NUMBER}5", f"{NUMBER}/2", f"{NUMBER}-44", f"+{NUMBER}"]
)
def test_a_number_with_extra_characters_is_not_the_number(words: str) -> None:
    assert not found(letters_of_line(words, group=1)).letters["number"]


def test_the_number_without_its_spaces_is_reported_as_broken() -> None:
    facts = found(letters_of_line(NUMBER.replace(" ", ""), group=1))

    assert facts.letters["number"] == []
    assert codes_of(facts) == ["number-broken"]


def test_a_mirrored_number_is_not_found() -> None:
    assert found(mirrored(letters_of_line(NUMBER, group=1))).letters["number"] == []


def test_a_number_over_two_lines_is_reported_as_broken(wording: Wording) -> None:
    facts = found([*letters_of_line("0808", y=100, group=1), *letters_of_line("1000 900", y=130, group=1)])

    assert set(codes_of(facts)) == {"number-broken"}
    assert wording == facts.findings[0].text


def test_a_number_with_reordered_groups_is_reported_as_broken(wording: Wording) -> None:
    facts = found(letters_of_line("900 1000 0808", group=1))

    assert "number-broken" in codes_of(facts)
    assert "900 1000 0808" in facts.findings[0].text
    assert facts.findings[0].hint and "<bdi>" in facts.findings[0].hint
    assert wording == [facts.findings[0].text, facts.findings[0].hint]


@pytest.mark.parametrize(
    "words", ["xwww.stopitnow.org.uk", "www.stopitnow.org.uk.example", "a@www.stopitnow.org.uk"]
)
def test_the_address_inside_a_longer_one_is_not_found(words: str) -> None:
    assert found(letters_of_line(words, group=1), requires=()).letters["address"] == []


def test_the_address_is_found_before_a_full_stop() -> None:
    assert len(found(letters_of_line(f"{ADDRESS}.", group=1), requires=()).letters["address"]) == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Or call 020 7946 0958", "number"),
        ("See www.example.org", "address"),
        ("w w w . e x a m p l e . o r g", "address"),
    ],
)
def test_any_other_number_or_address_is_reported_with_its_place(
    words: str, kind: str, wording: Wording
) -> None:
    finding = only_finding(
        found(letters_of_line(NUMBER, y=100, group=1), letters_of_line(words, y=300, group=2))
    )

    assert (finding.code, finding.role) == ("facts-altered", kind)
    assert wording == finding.text
    assert finding.box is not None and 280 < finding.box[1] < 300


def test_a_repeated_wrong_number_is_reported_once() -> None:
    wrong = "020 7946 0958"

    facts = found(
        letters_of_line(NUMBER, group=1),
        letters_of_line(wrong, y=600, group=2),
        letters_of_line(wrong, y=700, group=3),
    )

    assert codes_of(facts) == ["facts-altered"]
