"""Standard output and error: characters that the encoding lacks, closed streams, and errors while writing."""

from __future__ import annotations

import errno
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.cli import (
    FINDINGS,
    INTERRUPTED,
    OK,
    flush_streams,
    make_encodable,
    prepare_streams,
    report_output_error,
)
from tests.support.wording import Wording


class FailingStream(io.StringIO):
    """A stream whose flush fails, by default as on a full disk, until its output is redirected."""

    def __init__(self, number: int = errno.ENOSPC) -> None:
        super().__init__()
        self.number = number
        self.redirected: list[int] = []

    def flush(self) -> None:
        if not self.redirected:
            raise OSError(self.number, "refused")

    def redirect(self, _: int, number: int) -> None:
        """Stand in for ``os.dup2``: redirect the stream with this number."""
        self.redirected.append(number)


def ascii_stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii")


def written(stream: io.TextIOWrapper) -> str:
    """Return the text that was written to an ASCII stream."""
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("ascii")


def in_ascii(report: str, form: str) -> str:
    """Return a report as prepared for a standard output in ASCII."""
    before, sys.stdout = sys.stdout, ascii_stream()
    try:
        return make_encodable(report, form)
    finally:
        sys.stdout = before


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("80 × 45 mm – done…", "80 x 45 mm - done..."),
        ("old → new", "old > new"),
        ("it’s · here", "it's - here"),
        ("Ỳ", "\\u1ef2"),
        ("plain", "plain"),
    ],
)
def test_characters_missing_from_the_encoding_are_replaced(
    monkeypatch: pytest.MonkeyPatch, text: str, replaced: str
) -> None:
    stream = ascii_stream()
    monkeypatch.setattr(sys, "stdout", stream)

    prepare_streams()
    sys.stdout.write(text)

    assert written(stream) == replaced


def test_output_to_a_stream_closed_by_the_caller_is_discarded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    prepare_streams()
    sys.stdout.write("discarded")

    stream = sys.stdout
    assert stream is not None and not stream.isatty()
    stream.close()


def test_a_report_is_unchanged_in_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="UTF8"))

    assert make_encodable("“→”", "json") == "“→”"


@given(st.text(max_size=20), st.sampled_from(["json", "sarif"]))
def test_json_and_sarif_contain_the_same_data_in_ascii(text: str, form: str) -> None:
    report = in_ascii(json.dumps({"text": text}, ensure_ascii=False), form)

    assert report.isascii() and json.loads(report) == {"text": text}


def test_junit_gets_character_references_and_text_stays_unchanged_in_ascii() -> None:
    assert in_ascii("a → b", "junit") == "a &#8594; b"
    assert in_ascii("a → b", "text") == "a → b"


def test_flush_keeps_the_exit_code_if_the_streams_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    assert [flush_streams(code) for code in (OK, FINDINGS, INTERRUPTED)] == [OK, FINDINGS, INTERRUPTED]


def test_an_error_of_another_file_is_not_reported_as_an_output_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stdout", FailingStream())

    assert not report_output_error(OSError(errno.ENOSPC, "full", str(tmp_path / "a")))
    assert not report_output_error(OSError(errno.EACCES, "denied"))
    assert not report_output_error(ValueError("not a write error"))


def test_a_write_error_is_not_an_output_error_if_stdout_still_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert not report_output_error(OSError(errno.ENOSPC, "full"))


def replace_streams(monkeypatch: pytest.MonkeyPatch, number: int) -> tuple[FailingStream, io.StringIO]:
    """Replace standard output by a stream that fails with this error; return both replaced streams."""
    stdout, stderr = FailingStream(number), io.StringIO()
    monkeypatch.setattr("assetgen.cli.os.dup2", stdout.redirect)
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    return stdout, stderr


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_stdout_that_cannot_be_written_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, number: int, wording: Wording
) -> None:
    stdout, stderr = replace_streams(monkeypatch, number)

    assert report_output_error(OSError(number, "refused"))
    assert flush_streams(FINDINGS) == FINDINGS

    (line,) = stderr.getvalue().splitlines()
    assert line.endswith(": refused")
    assert wording == line
    assert stdout.redirected == [1]


@pytest.mark.parametrize(("code", "expected"), [(OK, FINDINGS), (INTERRUPTED, INTERRUPTED)])
def test_flush_reports_an_unwritable_stdout_and_does_not_return_0(
    monkeypatch: pytest.MonkeyPatch, code: int, expected: int
) -> None:
    stdout, stderr = replace_streams(monkeypatch, errno.ENOSPC)

    assert flush_streams(code) == expected

    (line,) = stderr.getvalue().splitlines()
    assert line.endswith(": refused")
    assert stdout.redirected == [1]


def test_flush_does_not_report_a_closed_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    stdout, stderr = replace_streams(monkeypatch, errno.EPIPE)

    assert flush_streams(OK) == FINDINGS

    assert stderr.getvalue() == ""
    assert stdout.redirected == [1]
