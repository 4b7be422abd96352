"""What is printed reaches any terminal: signs that an encoding lacks, a stream that is closed, a disk that is full."""

from __future__ import annotations

import errno
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.cli import FINDINGS, INTERRUPTED, OK, encodable, leave, prepare, told_of_output
from tests.support.wording import Wording


class FullStream(io.StringIO):
    """A stream that refuses what is written to it, as a full disk does."""

    def __init__(self, number: int = errno.ENOSPC) -> None:
        super().__init__()
        self.number = number

    def flush(self) -> None:
        raise OSError(self.number, "refused")


def ascii_stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii")


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("ascii")


def in_ascii(report: str, form: str) -> str:
    """Return a report as it is written where standard output is ASCII."""
    before, sys.stdout = sys.stdout, ascii_stream()
    try:
        return encodable(report, form)
    finally:
        sys.stdout = before


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("80 × 45 mm – done…", "80 x 45 mm - done..."),
        ("old → new", "old > new"),
        ("it’s · here", "it's - here"),
        ("Ỳ", "\\u1ef2"),
        ("plain", "plain"),
    ],
)
def test_a_sign_that_the_encoding_lacks_is_written_as_its_like(
    monkeypatch: pytest.MonkeyPatch, said: str, plain: str
) -> None:
    stream = ascii_stream()
    monkeypatch.setattr(sys, "stdout", stream)

    prepare()
    sys.stdout.write(said)

    assert written(stream) == plain


def test_where_a_stream_was_closed_by_the_caller_what_is_said_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    prepare()
    sys.stdout.write("said to nobody")

    stream = sys.stdout
    assert stream is not None and not stream.isatty()
    stream.close()


def test_in_utf_8_a_report_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="UTF8"))

    assert encodable("“→”", "json") == "“→”"


@given(st.text(max_size=20), st.sampled_from(["json", "sarif"]))
def test_json_says_the_same_in_ascii(text: str, form: str) -> None:
    report = in_ascii(json.dumps({"text": text}, ensure_ascii=False), form)

    assert report.isascii() and json.loads(report) == {"text": text}


def test_xml_names_a_sign_by_its_number_and_text_is_left_to_the_stream() -> None:
    assert in_ascii("a → b", "junit") == "a &#8594; b"
    assert in_ascii("a → b", "text") == "a → b"


def test_the_exit_code_stays_where_all_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    assert [leave(code) for code in (OK, FINDINGS, INTERRUPTED)] == [OK, FINDINGS, INTERRUPTED]


def test_an_error_of_a_file_is_none_of_the_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdout", FullStream())

    assert not told_of_output(OSError(errno.ENOSPC, "full", str(tmp_path / "a")))
    assert not told_of_output(OSError(errno.EACCES, "denied"))
    assert not told_of_output(ValueError("no error of writing"))


def test_an_error_of_writing_is_none_of_the_output_where_that_takes_one_more_sign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert not told_of_output(OSError(errno.ENOSPC, "full"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_output_that_takes_no_more_is_told_once_and_the_command_fails(
    monkeypatch: pytest.MonkeyPatch, number: int, wording: Wording
) -> None:
    sent: list[int] = []
    talk = io.StringIO()
    monkeypatch.setattr("assetgen.cli.os.dup2", lambda old, new: sent.append(new))
    monkeypatch.setattr(sys, "stdout", FullStream(number))
    monkeypatch.setattr(sys, "stderr", talk)

    assert told_of_output(OSError(number, "refused"))
    assert leave(OK) == FINDINGS
    assert leave(INTERRUPTED) == INTERRUPTED

    assert talk.getvalue().splitlines()[0].endswith(": refused")
    assert wording == talk.getvalue()
    assert sent == [1, 1, 1]


def test_a_reader_that_has_gone_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = io.StringIO()
    monkeypatch.setattr("assetgen.cli.os.dup2", lambda old, new: None)
    monkeypatch.setattr(sys, "stdout", FullStream(errno.EPIPE))
    monkeypatch.setattr(sys, "stderr", talk)

    leave(OK)

    assert talk.getvalue() == ""
