"""Reading YAML documents: their data, the place of each value, and the errors of a file that cannot be read."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.findings import Place
from assetgen.loading.yaml import document as reading
from assetgen.loading.yaml.document import YamlDocument, read_document
from assetgen.loading.yaml.file_validation import did_you_mean, most_similar
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

PARTNER = """\
# a partner
name: Staffordshire Police
logo: {file: logo.svg, alt: "The crest"}
messages:
  - worried
  - online
local_line:
  en-GB: |
    Two
    lines
contact:
"""


@pytest.fixture(params=["libyaml", "python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with libyaml and with PyYAML's own parser, which is used where libyaml is missing."""
    loader = {"libyaml": yaml.CSafeLoader, "python": yaml.SafeLoader}[request.param]
    monkeypatch.setattr(reading, "LOADER", loader)
    return request.param


def read(text: str) -> YamlDocument:
    return read_document(text.encode(), "partner.yaml")


def reading_errors(content: bytes | str) -> list[str]:
    """Return the findings of a file that cannot be read, as they are printed."""
    with pytest.raises(CampaignError) as caught:
        read_document(content.encode() if isinstance(content, str) else content, "f.yaml")
    return [finding.as_text() for finding in caught.value.findings]


@pytest.mark.usefixtures("either_parser")
class TestData:
    def test_partner_file_becomes_plain_data(self) -> None:
        document = read(PARTNER)

        assert document.data == {
            "name": "Staffordshire Police",
            "logo": {"file": "logo.svg", "alt": "The crest"},
            "messages": ["worried", "online"],
            "local_line": {"en-GB": "Two\nlines\n"},
            "contact": None,
        }
        assert document.file == "partner.yaml"
        assert document.sha256 == hashlib.sha256(PARTNER.encode()).hexdigest()

    @pytest.mark.parametrize(
        "scalar", ["true", "no", "on", "12", "0808", "1e3", "2026-11-01", "12:30", "0x1F", ".inf", "<<", "="]
    )
    def test_scalars_are_read_as_text_exactly_as_written(self, scalar: str) -> None:
        assert read(f"a: {scalar}").data == {"a": scalar}
        assert read(f"{scalar}: a").data == {scalar: "a"}

    @pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
    def test_null_is_none_and_quoted_null_is_text(self, null: str) -> None:
        assert read(f"a: {null}\nb:\n  - {null}").data == {"a": None, "b": [None]}
        assert read(f"a: '{null}'\nb: \"{null}\"").data == {"a": null, "b": null}

    def test_byte_order_mark_and_crlf_do_not_shift_lines_and_columns(self) -> None:
        document = read_document(b"\xef\xbb\xbfname: x\r\nrole: joint\r\n", "f.yaml")

        assert document.data == {"name": "x", "role": "joint"}
        assert document.place("name") == Place("f.yaml", 1, 7)
        assert document.place("role") == Place("f.yaml", 2, 7)


@pytest.mark.usefixtures("either_parser")
class TestPlaces:
    @pytest.mark.parametrize(
        ("path", "line", "column"),
        [
            ((), 2, 1),
            (("name",), 2, 7),
            (("logo",), 3, 7),
            (("logo", "alt"), 3, 29),
            (("messages",), 5, 3),
            (("messages", 1), 6, 5),
            (("local_line", "en-GB"), 8, 10),
            (("contact",), 11, 9),
        ],
        ids=str,
    )
    def test_value_has_its_line_and_column(self, path: tuple[str | int, ...], line: int, column: int) -> None:
        assert read(PARTNER).place(*path) == Place("partner.yaml", line, column)

    def test_missing_value_has_the_place_of_its_nearest_parent(self) -> None:
        document = read(PARTNER)

        assert document.place("logo", "dark", "file") == document.place("logo")
        assert document.place("messages", 7) == document.place("messages")
        assert document.place("role") == document.place()

    def test_key_has_its_own_line_and_column(self) -> None:
        document = read(PARTNER)

        assert document.key_place("logo", "alt") == Place("partner.yaml", 3, 24)
        assert document.key_place("contact") == Place("partner.yaml", 11, 1)

    def test_key_place_of_a_list_entry_is_the_place_of_its_value(self) -> None:
        document = read(PARTNER)

        assert document.key_place("messages", 1) == document.place("messages", 1)
        assert document.key_place("role") == document.place()


# YAML source, and the line and column of its syntax error.
SYNTAX_ERRORS = {
    "tab as indent": ("a:\n\tb: c\n", "2:1"),
    "tab after a value": ("a: x\n\tb: c\n", "2:1"),
    "tab in a block scalar": ("a: |\n\tb\n", "2:1"),
    "second colon in a line": ("a: b: c\n", "1:5"),
    "key indented too far": ("a: b\n  c: d\n", "2:3"),
    "value starts with a question mark": ("a: ? b\n", "1:4"),
    "value starts with an at sign": ("a: @stopitnow\n", "1:4"),
    "value starts with a backtick": ("a: `x`\n", "1:4"),
    "value starts with a percent sign": ("a: %x\n", "1:4"),
    "value starts with a star": ("a: *bold*\n", "1:4"),
    "value starts with an ampersand": ("a: & sons\n", "1:4"),
    "undeclared tag handle": ("a: !e!x b\n", "1:4"),
    "list on the line of its key": ("a: - b\n", "1:4"),
    "unclosed single quote": ("a: 'x\nb: y\n", "1:4"),
    "unclosed double quote": ('b: y\na: "x\n', "2:4"),
    "apostrophe in single quotes": ("a: 'it's'\n", "1:8"),
    "text after a quoted value": ('a: "x" y\n', "1:8"),
    "line without a colon": ("a: b\njust words\n", "2:1"),
    "unclosed list": ("a: [b, c\nd: e\n", "1:4"),
    "unclosed mapping": ("a: {b: c\nd: e\n", "1:4"),
    "unopened bracket": ("a: ]\n", "1:4"),
    "backslash in double quotes": ('a: "C:\\q"\n', "1:4"),
    "text after a bar": ("a: | x\n", "1:4"),
    "first line indented": (" a: b\nc: d\n", "2:1"),
    "unsupported YAML version": ("%YAML 3.0\n---\na: b\n", "1:1"),
    "indent between two levels": ("a:\n  b: c\n d: e\n", "3:2"),
    "key after list entries": ("a:\n  - b\n  c: d\n", "3:3"),
}


@pytest.mark.usefixtures("either_parser")
class TestErrors:
    @pytest.mark.parametrize(("text", "place"), SYNTAX_ERRORS.values(), ids=SYNTAX_ERRORS)
    def test_syntax_error_is_reported_at_its_place(self, text: str, place: str, wording: Wording) -> None:
        errors = reading_errors(text)

        assert places_and_codes(errors) == [f"f.yaml:{place} yaml"]
        assert wording == errors

    @pytest.mark.parametrize(
        "text",
        ["", "\n\n", "# only a comment\n", "---\n", "~", "null\n"],
        ids=["no bytes", "blank lines", "comment", "document start", "tilde", "null"],
    )
    def test_empty_file_is_an_error(self, text: str, wording: Wording) -> None:
        errors = reading_errors(text)

        assert places_and_codes(errors) == ["f.yaml:1:1 yaml"]
        assert wording == errors

    @pytest.mark.parametrize(
        "text", ["- a\n- b\n", "name:x\n", "[]"], ids=["list", "text", "list in brackets"]
    )
    def test_top_level_must_be_a_mapping(self, text: str, wording: Wording) -> None:
        errors = reading_errors(text)

        assert places_and_codes(errors) == ["f.yaml:1:1 yaml"]
        assert wording == errors

    def test_second_document_is_an_error(self, wording: Wording) -> None:
        errors = reading_errors("a: b\n---\nc: d\n")

        assert places_and_codes(errors) == ["f.yaml:2:1 yaml"]
        assert wording == errors

    def test_duplicate_key_error_names_the_line_of_the_first(self, wording: Wording) -> None:
        errors = reading_errors("name: a\nrole: b\nname: c\n")

        assert places_and_codes(errors) == ["f.yaml:3:1 yaml"]
        first, _, hint = errors[0].partition("\n")
        assert "name" in first and "1" in hint
        assert wording == errors

    def test_duplicate_key_is_found_even_if_one_of_the_two_is_in_quotes(self, wording: Wording) -> None:
        errors = reading_errors("a:\n  no: x\n  'no': y\n")

        assert places_and_codes(errors) == ["f.yaml:3:3 yaml"]
        assert wording == errors

    def test_different_mappings_may_have_the_same_key(self) -> None:
        assert read("a: {x: 1}\nb: {x: 2}\nc: [{x: 3}, {x: 4}]").data["c"] == [{"x": "3"}, {"x": "4"}]

    def test_all_tags_anchors_and_aliases_are_reported_in_one_run(self, wording: Wording) -> None:
        source = "a: &base {x: 1}\nb: *base\nc: !!python/object/apply:os.system [ls]\nd: !!str x\ne: ! y\n"
        shown = ("&base", "*base", "!!python/object/apply:os.system", "!!str", "!")

        errors = reading_errors(source)

        assert places_and_codes(errors) == [f"f.yaml:{line}:4 yaml" for line in range(1, 6)]
        assert all(text in error for text, error in zip(shown, errors, strict=True))
        assert wording == errors

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("? [a, b]\n: c\n", "1:3"),
            ("{name}: c\n", "1:1"),
            ("~: c\n", "1:1"),
            ("?\n: c\n", "1:2"),
        ],
        ids=["list", "mapping", "null", "nothing"],
    )
    def test_key_must_be_text(self, text: str, place: str, wording: Wording) -> None:
        errors = reading_errors(text)

        assert places_and_codes(errors) == [f"f.yaml:{place} yaml"]
        assert wording == errors

    def test_errors_before_a_syntax_error_are_reported_too(self, wording: Wording) -> None:
        errors = reading_errors("a: 1\na: 2\nb: 'open\n")

        assert places_and_codes(errors) == ["f.yaml:2:1 yaml", "f.yaml:3:4 yaml"]
        assert wording == errors

    def test_escaped_control_character_is_an_error(self, wording: Wording) -> None:
        errors = reading_errors('a: "x\\0y"\n')

        assert places_and_codes(errors) == ["f.yaml:1:4 yaml"]
        assert "U+0000" in errors[0]
        assert wording == errors

    def test_at_most_fifty_findings_are_reported(self) -> None:
        assert len(reading_errors("a: b\n" * 1000)) == 50


def name_of(character: str) -> str:
    """Return how messages name a character."""
    return f"U+{ord(character):04X}"


class TestEncoding:
    def test_byte_that_is_not_utf8_is_reported_at_its_place(self, wording: Wording) -> None:
        errors = reading_errors("name: Café\nalt: é".encode("latin-1"))

        assert places_and_codes(errors) == ["f.yaml:1:10 yaml"]
        assert "E9" in errors[0]
        assert wording == errors

    def test_column_counts_characters_not_bytes(self, wording: Wording) -> None:
        errors = reading_errors("a: b\r\nname: Caffé ".encode() + b"\xff")

        assert places_and_codes(errors) == ["f.yaml:2:13 yaml"]
        assert "FF" in errors[0]
        assert wording == errors

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
    def test_utf16_or_utf32_file_is_an_error(self, encoding: str, wording: Wording) -> None:
        errors = reading_errors("name: x".encode(encoding))

        assert places_and_codes(errors) == ["f.yaml:1:1 yaml"]
        assert wording == errors

    def test_utf16_without_a_byte_order_mark_is_reported_once(self, wording: Wording) -> None:
        errors = reading_errors("name: x".encode("utf-16-le"))

        assert places_and_codes(errors) == ["f.yaml:1:2 yaml"]
        assert "U+0000" in errors[0]
        assert wording == errors

    @pytest.mark.parametrize(
        "character", ["\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\uffff"], ids=name_of
    )
    def test_control_character_is_reported_at_its_place(self, character: str, wording: Wording) -> None:
        errors = reading_errors(f"a: b\nc: d{character}e\n")

        assert places_and_codes(errors) == ["f.yaml:2:5 yaml"]
        assert name_of(character) in errors[0]
        assert wording == errors

    @pytest.mark.parametrize(
        "character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ids=name_of
    )
    def test_character_that_overrides_text_direction_is_rejected(
        self, character: str, wording: Wording
    ) -> None:
        errors = reading_errors(f"a: b\nc: d{character}e\n")
        errors += reading_errors(f'c: "d\\u{ord(character):04X}"\n')

        assert places_and_codes(errors) == ["f.yaml:2:5 yaml", "f.yaml:1:4 yaml"]
        assert all(name_of(character) in error for error in errors)
        assert wording == errors

    @pytest.mark.parametrize("character", "\u200c\u200d\u200e\u200f\u061c")
    def test_joiners_and_direction_marks_for_urdu_and_arabic_are_kept(self, character: str) -> None:
        assert read(f"a: b{character}c\n").data == {"a": f"b{character}c"}


@pytest.mark.usefixtures("either_parser")
class TestLimits:
    def test_file_over_one_megabyte_is_rejected(self, wording: Wording) -> None:
        errors = reading_errors(b"a: " + b"x" * 999_998)

        assert places_and_codes(errors) == ["f.yaml too-large"]
        assert "1,000,001" in errors[0] and "1,000,000" in errors[0]
        assert wording == errors

    @pytest.mark.parametrize("opening", ["a: [", "a: {b: ", "a: [{b: "], ids=["lists", "mappings", "both"])
    def test_nesting_deeper_than_32_levels_is_rejected(self, opening: str, wording: Wording) -> None:
        bomb = opening + opening[3:] * 100_000

        (error,) = reading_errors(bomb)

        assert places_and_codes([error])[0].endswith(" too-large")
        assert "32" in error
        assert wording == error

    def test_nesting_of_32_levels_is_read(self) -> None:
        inner = read("a: " + "[" * 31 + "x" + "]" * 31).data["a"]

        for _ in range(31):
            (inner,) = inner
        assert inner == "x"

    @pytest.mark.thorough
    def test_file_with_over_100000_values_is_rejected(self, wording: Wording) -> None:
        errors = reading_errors("a: [" + "x," * 100_000 + "]")

        assert places_and_codes(errors[:1])[0].endswith(" too-large")
        assert "100,000" in errors[0]
        assert wording == errors[0]


class TestProperties:
    @settings(max_examples=400)
    @given(
        st.binary(max_size=200)
        | st.text(alphabet="ab:-?#&*!|>'\"%@`{}[],~<. \n\t\\\x85é", max_size=60).map(str.encode)
    )
    def test_arbitrary_bytes_are_read_or_raise_a_campaign_error(self, content: bytes) -> None:
        for loader in (yaml.CSafeLoader, yaml.SafeLoader):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(reading, "LOADER", loader)
                try:
                    document = read_document(content, "f.yaml")
                except CampaignError as error:
                    assert error.findings
                    assert all(one.place.line for one in error.findings if one.code == "yaml"), (
                        "every YAML error has a line"
                    )
                else:
                    assert isinstance(document.data, dict)

    @pytest.mark.thorough
    @settings(max_examples=100)
    @given(st.data())
    def test_dumped_data_reads_back_equal(self, data: st.DataObject) -> None:
        tree = data.draw(TREES)

        for flow in (False, True, None):
            dumped = yaml.dump(
                tree, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, sort_keys=False
            )
            assert read(dumped).data == tree

    @pytest.mark.thorough
    @settings(max_examples=100)
    @given(st.data())
    def test_line_and_column_of_every_key_and_scalar_match_the_source(self, data: st.DataObject) -> None:
        tree = data.draw(PLAIN_TREES)
        for flow in (False, True, None):
            source = "# é\n" + yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, width=40)
            document = read(source)
            lines = source.split("\n")

            for path, value in leaves(tree):
                assert text_at(lines, document.place(*path)).startswith(value)
                for depth, step in enumerate(path):
                    if isinstance(step, str):
                        assert text_at(lines, document.key_place(*path[: depth + 1])).startswith(step)


def trees(keys: st.SearchStrategy[str], leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings with these keys, nested with lists and mappings down to these leaves."""
    nested = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(keys, nested, min_size=1, max_size=5)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]) | st.just("\n"), max_size=20
)
TREES = trees(TEXT, TEXT | st.none())
# Text that YAML writes without quotes and on one line, so that it can be found in the source.
PLAIN_TEXT = st.text("abzéж😀", min_size=1, max_size=8).map(lambda word: f"w{word}")
PLAIN_TREES = trees(PLAIN_TEXT, PLAIN_TEXT)


def leaves(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    """Return each scalar of a tree with its path."""
    if isinstance(tree, str):
        return [(path, tree)]
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [leaf for step, inner in steps for leaf in leaves(inner, (*path, step))]


def text_at(lines: list[str], place: Place) -> str:
    """Return the rest of a line from a place."""
    assert place.line is not None and place.column is not None
    return lines[place.line - 1][place.column - 1 :]


class TestNearest:
    @pytest.mark.parametrize(
        ("word", "expected"),
        [("nmae", "name"), ("Name", "name"), ("short-name", "short_name"), ("logos", "logo"), ("", None)],
    )
    def test_most_similar_word_is_found(self, word: str, expected: str | None) -> None:
        assert most_similar(word, ["role", "short_name", "name", "logo"]) == expected

    def test_equally_similar_words_are_chosen_alphabetically(self) -> None:
        assert most_similar("cat", ["rat", "bat"]) == most_similar("cat", ["bat", "rat"]) == "bat"

    def test_hint_names_only_the_most_similar_word(self, wording: Wording) -> None:
        hint = did_you_mean("logo-main.svg", ["logo.svg", "readme.txt"])

        assert hint is not None and "logo.svg" in hint and "readme.txt" not in hint
        assert wording == hint

    def test_hint_lists_all_choices_only_if_they_are_few(self, wording: Wording) -> None:
        hint = did_you_mean("zzz", ["b", "a", "c"])

        assert hint is not None and "a, b, c" in hint
        assert wording == hint
        assert did_you_mean("zzz", [f"k{n}" for n in range(13)]) is None
        assert did_you_mean("zzz", []) is None
