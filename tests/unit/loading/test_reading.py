"""Reading YAML: plain data with places, and what is said of a file that cannot be read."""

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
from assetgen.loading.yaml.file_validation import did_you_mean, nearest
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

PARTNER = """\
# who asks
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
    loader = {"libyaml": yaml.CSafeLoader, "python": yaml.SafeLoader}[request.param]
    monkeypatch.setattr(reading, "LOADER", loader)
    return request.param


def read(words: str) -> YamlDocument:
    return read_document(words.encode(), "partner.yaml")


def complaints(content: bytes | str) -> list[str]:
    """Return the findings of a file that cannot be read, as they are printed."""
    with pytest.raises(CampaignError) as caught:
        read_document(content.encode() if isinstance(content, str) else content, "f.yaml")
    return [finding.as_text() for finding in caught.value.findings]


@pytest.mark.usefixtures("either_parser")
class TestData:
    def test_a_partners_file_becomes_plain_data(self) -> None:
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
        "word", ["true", "no", "on", "12", "0808", "1e3", "2026-11-01", "12:30", "0x1F", ".inf", "<<", "="]
    )
    def test_scalars_stay_words_as_they_were_written(self, word: str) -> None:
        assert read(f"a: {word}").data == {"a": word}
        assert read(f"{word}: a").data == {word: "a"}

    @pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
    def test_nothing_is_none_and_quoted_nothing_is_words(self, word: str) -> None:
        assert read(f"a: {word}\nb:\n  - {word}").data == {"a": None, "b": [None]}
        assert read(f"a: '{word}'\nb: \"{word}\"").data == {"a": word, "b": word}

    def test_a_utf8_mark_and_windows_line_ends_change_no_place(self) -> None:
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
    def test_a_value_has_a_place(self, path: tuple[str | int, ...], line: int, column: int) -> None:
        assert read(PARTNER).place(*path) == Place("partner.yaml", line, column)

    def test_a_value_that_is_not_there_has_the_place_of_its_nearest_parent(self) -> None:
        document = read(PARTNER)

        assert document.place("logo", "dark", "file") == document.place("logo")
        assert document.place("messages", 7) == document.place("messages")
        assert document.place("role") == document.place()

    def test_a_key_has_a_place_of_its_own(self) -> None:
        document = read(PARTNER)

        assert document.key_place("logo", "alt") == Place("partner.yaml", 3, 24)
        assert document.key_place("contact") == Place("partner.yaml", 11, 1)

    def test_what_has_no_key_has_the_place_of_the_value(self) -> None:
        document = read(PARTNER)

        assert document.key_place("messages", 1) == document.place("messages", 1)
        assert document.key_place("role") == document.place()


# What is written, and the line and column of the slip.
SYNTAX = {
    "a tab indents": ("a:\n\tb: c\n", "2:1"),
    "a tab after words": ("a: x\n\tb: c\n", "2:1"),
    "a tab in a block": ("a: |\n\tb\n", "2:1"),
    "a second colon": ("a: b: c\n", "1:5"),
    "a key too far in": ("a: b\n  c: d\n", "2:3"),
    "a question mark": ("a: ? b\n", "1:4"),
    "a handle": ("a: @stopitnow\n", "1:4"),
    "a backtick": ("a: `x`\n", "1:4"),
    "a percentage": ("a: %x\n", "1:4"),
    "stars for bold": ("a: *bold*\n", "1:4"),
    "an ampersand": ("a: & sons\n", "1:4"),
    "a tag without a handle": ("a: !e!x b\n", "1:4"),
    "a list on the line": ("a: - b\n", "1:4"),
    "an open single quote": ("a: 'x\nb: y\n", "1:4"),
    "an open double quote": ('b: y\na: "x\n', "2:4"),
    "an apostrophe inside": ("a: 'it's'\n", "1:8"),
    "words after a quote": ('a: "x" y\n', "1:8"),
    "no colon": ("a: b\njust words\n", "2:1"),
    "an open list": ("a: [b, c\nd: e\n", "1:4"),
    "an open mapping": ("a: {b: c\nd: e\n", "1:4"),
    "a closing bracket": ("a: ]\n", "1:4"),
    "a backslash": ('a: "C:\\q"\n', "1:4"),
    "words after a bar": ("a: | x\n", "1:4"),
    "a first line further in": (" a: b\nc: d\n", "2:1"),
    "another YAML": ("%YAML 3.0\n---\na: b\n", "1:1"),
    "a line between levels": ("a:\n  b: c\n d: e\n", "3:2"),
    "a key after entries": ("a:\n  - b\n  c: d\n", "3:3"),
}


@pytest.mark.usefixtures("either_parser")
class TestErrors:
    @pytest.mark.parametrize(("words", "where"), SYNTAX.values(), ids=SYNTAX)
    def test_a_slip_of_syntax_is_said_in_plain_words(self, words: str, where: str, wording: Wording) -> None:
        said = complaints(words)

        assert marks(said) == [f"f.yaml:{where} yaml"]
        assert wording == said

    @pytest.mark.parametrize(
        "words",
        ["", "\n\n", "# only a comment\n", "---\n", "~", "null\n"],
        ids=["nothing", "blank lines", "comment", "document", "tilde", "null"],
    )
    def test_an_empty_file_is_an_error(self, words: str, wording: Wording) -> None:
        said = complaints(words)

        assert marks(said) == ["f.yaml:1:1 yaml"]
        assert wording == said

    @pytest.mark.parametrize(
        "words", ["- a\n- b\n", "name:x\n", "[]"], ids=["a list", "words", "a list in brackets"]
    )
    def test_the_top_must_be_keys_and_values(self, words: str, wording: Wording) -> None:
        said = complaints(words)

        assert marks(said) == ["f.yaml:1:1 yaml"]
        assert wording == said

    def test_a_second_document_is_an_error(self, wording: Wording) -> None:
        said = complaints("a: b\n---\nc: d\n")

        assert marks(said) == ["f.yaml:2:1 yaml"]
        assert wording == said

    def test_a_duplicate_key_names_the_line_of_the_first(self, wording: Wording) -> None:
        said = complaints("name: a\nrole: b\nname: c\n")

        assert marks(said) == ["f.yaml:3:1 yaml"]
        first, _, hint = said[0].partition("\n")
        assert "name" in first and "1" in hint
        assert wording == said

    def test_quotes_do_not_hide_a_duplicate_key(self, wording: Wording) -> None:
        said = complaints("a:\n  no: x\n  'no': y\n")

        assert marks(said) == ["f.yaml:3:3 yaml"]
        assert wording == said

    def test_one_key_may_stand_in_two_mappings(self) -> None:
        assert read("a: {x: 1}\nb: {x: 2}\nc: [{x: 3}, {x: 4}]").data["c"] == [{"x": "3"}, {"x": "4"}]

    def test_tags_anchors_and_aliases_are_all_named_in_one_run(self, wording: Wording) -> None:
        words = "a: &base {x: 1}\nb: *base\nc: !!python/object/apply:os.system [ls]\nd: !!str x\ne: ! y\n"
        shown = ("&base", "*base", "!!python/object/apply:os.system", "!!str", "!")

        said = complaints(words)

        assert marks(said) == [f"f.yaml:{line}:4 yaml" for line in range(1, 6)]
        assert all(sign in one for sign, one in zip(shown, said, strict=True))
        assert wording == said

    @pytest.mark.parametrize(
        ("words", "where"),
        [
            ("? [a, b]\n: c\n", "1:3"),
            ("{name}: c\n", "1:1"),
            ("~: c\n", "1:1"),
            ("?\n: c\n", "1:2"),
        ],
        ids=["a list", "a mapping", "null", "nothing"],
    )
    def test_a_key_must_be_words(self, words: str, where: str, wording: Wording) -> None:
        said = complaints(words)

        assert marks(said) == [f"f.yaml:{where} yaml"]
        assert wording == said

    def test_faults_before_a_slip_of_syntax_are_told_with_it(self, wording: Wording) -> None:
        said = complaints("a: 1\na: 2\nb: 'open\n")

        assert marks(said) == ["f.yaml:2:1 yaml", "f.yaml:3:4 yaml"]
        assert wording == said

    def test_an_escaped_control_character_is_an_error(self, wording: Wording) -> None:
        said = complaints('a: "x\\0y"\n')

        assert marks(said) == ["f.yaml:1:4 yaml"]
        assert "U+0000" in said[0]
        assert wording == said

    def test_no_more_than_fifty_findings_are_given(self) -> None:
        assert len(complaints("a: b\n" * 1000)) == 50


def name_of(character: str) -> str:
    return f"U+{ord(character):04X}"


class TestEncoding:
    def test_another_encoding_is_named_with_the_line(self, wording: Wording) -> None:
        said = complaints("name: Café\nalt: é".encode("latin-1"))

        assert marks(said) == ["f.yaml:1:10 yaml"]
        assert "E9" in said[0]
        assert wording == said

    def test_the_column_counts_characters_not_bytes(self, wording: Wording) -> None:
        said = complaints("a: b\r\nname: Caffé ".encode() + b"\xff")

        assert marks(said) == ["f.yaml:2:13 yaml"]
        assert "FF" in said[0]
        assert wording == said

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
    def test_utf16_is_named(self, encoding: str, wording: Wording) -> None:
        said = complaints("name: x".encode(encoding))

        assert marks(said) == ["f.yaml:1:1 yaml"]
        assert wording == said

    def test_utf16_without_a_mark_is_told_once(self, wording: Wording) -> None:
        said = complaints("name: x".encode("utf-16-le"))

        assert marks(said) == ["f.yaml:1:2 yaml"]
        assert "U+0000" in said[0]
        assert wording == said

    @pytest.mark.parametrize(
        "character", ["\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\uffff"], ids=name_of
    )
    def test_a_control_character_is_found_where_it_stands(self, character: str, wording: Wording) -> None:
        said = complaints(f"a: b\nc: d{character}e\n")

        assert marks(said) == ["f.yaml:2:5 yaml"]
        assert name_of(character) in said[0]
        assert wording == said

    @pytest.mark.parametrize(
        "character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ids=name_of
    )
    def test_a_sign_that_turns_the_direction_of_digits_is_refused(
        self, character: str, wording: Wording
    ) -> None:
        said = complaints(f"a: b\nc: d{character}e\n")
        said += complaints(f'c: "d\\u{ord(character):04X}"\n')

        assert marks(said) == ["f.yaml:2:5 yaml", "f.yaml:1:4 yaml"]
        assert all(name_of(character) in one for one in said)
        assert wording == said

    @pytest.mark.parametrize("character", "\u200c\u200d\u200e\u200f\u061c")
    def test_the_marks_that_urdu_and_arabic_need_are_kept(self, character: str) -> None:
        assert read(f"a: b{character}c\n").data == {"a": f"b{character}c"}


@pytest.mark.usefixtures("either_parser")
class TestBounds:
    def test_a_large_file_is_not_read(self, wording: Wording) -> None:
        said = complaints(b"a: " + b"x" * 999_998)

        assert marks(said) == ["f.yaml too-large"]
        assert "1,000,001" in said[0] and "1,000,000" in said[0]
        assert wording == said

    @pytest.mark.parametrize("opening", ["a: [", "a: {b: ", "a: [{b: "], ids=["lists", "mappings", "both"])
    def test_levels_beyond_32_are_refused_before_they_cost_anything(
        self, opening: str, wording: Wording
    ) -> None:
        bomb = opening + opening[3:] * 100_000

        (said,) = complaints(bomb)

        assert marks([said])[0].endswith(" too-large")
        assert "32" in said
        assert wording == said

    def test_32_levels_are_read(self) -> None:
        inner = read("a: " + "[" * 31 + "x" + "]" * 31).data["a"]

        for _ in range(31):
            (inner,) = inner
        assert inner == "x"

    @pytest.mark.thorough
    def test_a_file_of_very_many_values_is_refused(self, wording: Wording) -> None:
        said = complaints("a: [" + "x," * 100_000 + "]")

        assert marks(said[:1])[0].endswith(" too-large")
        assert "100,000" in said[0]
        assert wording == said[0]


class TestProperties:
    @settings(max_examples=400)
    @given(
        st.binary(max_size=200)
        | st.text(alphabet="ab:-?#&*!|>'\"%@`{}[],~<. \n\t\\\x85é", max_size=60).map(str.encode)
    )
    def test_any_bytes_give_a_document_or_a_campaign_error(self, content: bytes) -> None:
        for loader in (yaml.CSafeLoader, yaml.SafeLoader):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(reading, "LOADER", loader)
                try:
                    document = read_document(content, "f.yaml")
                except CampaignError as error:
                    assert error.findings
                    assert all(one.place.line for one in error.findings if one.code == "yaml"), (
                        "one without a line was not understood"
                    )
                else:
                    assert isinstance(document.data, dict)

    @pytest.mark.thorough
    @settings(max_examples=100)
    @given(st.data())
    def test_nested_words_that_yaml_writes_read_back_equal(self, data: st.DataObject) -> None:
        tree = data.draw(TREES)

        for flow in (False, True, None):
            dumped = yaml.dump(
                tree, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, sort_keys=False
            )
            assert read(dumped).data == tree

    @pytest.mark.thorough
    @settings(max_examples=100)
    @given(st.data())
    def test_every_plain_scalar_and_key_stands_at_its_place(self, data: st.DataObject) -> None:
        tree = data.draw(PLAIN_TREES)
        for flow in (False, True, None):
            source = "# é\n" + yaml.safe_dump(tree, allow_unicode=True, default_flow_style=flow, width=40)
            document = read(source)
            lines = source.split("\n")

            for path, value in leaves(tree):
                assert words_at(lines, document.place(*path)).startswith(value)
                for depth, step in enumerate(path):
                    if isinstance(step, str):
                        assert words_at(lines, document.key_place(*path[: depth + 1])).startswith(step)


def trees(words: st.SearchStrategy[str], leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    nested = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(words, nested, min_size=1, max_size=5)


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]) | st.just("\n"), max_size=20
)
TREES = trees(WORDS, WORDS | st.none())
# Words that YAML writes without quotes, and that no line break divides.
PLAIN_WORDS = st.text("abzéж😀", min_size=1, max_size=8).map(lambda word: f"w{word}")
PLAIN_TREES = trees(PLAIN_WORDS, PLAIN_WORDS)


def leaves(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    """Return each scalar of a tree with its path."""
    if isinstance(tree, str):
        return [(path, tree)]
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [leaf for step, inner in steps for leaf in leaves(inner, (*path, step))]


def words_at(lines: list[str], place: Place) -> str:
    assert place.line is not None and place.column is not None
    return lines[place.line - 1][place.column - 1 :]


class TestNearest:
    @pytest.mark.parametrize(
        ("word", "near"),
        [("nmae", "name"), ("Name", "name"), ("short-name", "short_name"), ("logos", "logo"), ("", None)],
    )
    def test_the_most_like_word_is_found(self, word: str, near: str | None) -> None:
        assert nearest(word, ["role", "short_name", "name", "logo"]) == near

    def test_of_two_alike_the_first_by_alphabet_is_found_in_any_order(self) -> None:
        assert nearest("cat", ["rat", "bat"]) == nearest("cat", ["bat", "rat"]) == "bat"

    def test_the_hint_is_the_nearest_word(self, wording: Wording) -> None:
        said = did_you_mean("logo-main.svg", ["logo.svg", "readme.txt"])

        assert said is not None and "logo.svg" in said and "readme.txt" not in said
        assert wording == said

    def test_where_nothing_is_near_a_few_are_listed_and_many_are_not(self, wording: Wording) -> None:
        few = did_you_mean("zzz", ["b", "a", "c"])

        assert few is not None and "a, b, c" in few
        assert wording == few
        assert did_you_mean("zzz", [f"k{n}" for n in range(13)]) is None
        assert did_you_mean("zzz", []) is None
