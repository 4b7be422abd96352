"""The command line: thin commands, and the only code that prints.

This module starts and ends every run: it prepares standard output and standard error, flushes them, and returns the
exit code.
"""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import sys

OK, FINDINGS, NOTHING_PLANNED, MACHINE, INTERRUPTED = 0, 1, 2, 3, 130

# ASCII replacements for characters that the encoding of a stream lacks.
ASCII_REPLACEMENTS = str.maketrans({"×": "x", "–": "-", "—": "-", "→": ">", "·": "-", "…": "...", "’": "'"})
_ERROR_HANDLER = "assetgen"
_WRITE_ERRNOS = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)


def main() -> None:
    """Run the command line and exit with its exit code."""
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules are still being imported
        print("interrupted", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    prepare_streams()
    try:
        from assetgen.cli.app import run
    except ImportError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "assetgen") or "--debug" in arguments:
            raise
        print(f"assetgen: error: the Python package {name} is missing: {error} [machine]", file=sys.stderr)
        print(f"  hint: pip install {name}; assetgen doctor checks the other parts", file=sys.stderr)
        return flush_streams(MACHINE)
    return flush_streams(run(arguments))


def prepare_streams() -> None:
    """Make standard output and standard error writable, and able to encode every character."""
    codecs.register_error(_ERROR_HANDLER, _replace_unencodable)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the calling process closed it: discard what is written
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  open until the process ends
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERROR_HANDLER)


def flush_streams(code: int) -> int:
    """Flush both streams; return ``code``, or 1 instead of 0 if a stream cannot be written.

    Without this, Python reports the error itself as the process ends. A closed pipe (``| head``) is not reported; a
    full disk is.
    """
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError as error:
            code = code if code != OK else FINDINGS
            _report_and_discard(number, error)
    return code


def report_output_error(error: Exception) -> bool:
    """Return whether an error arose because standard output cannot be written. If so, report it.

    The error does not name its stream, and Python drops the text that a full disk refused. Writing one more character
    shows whether standard output is at fault.
    """
    if not isinstance(error, OSError) or error.filename or error.errno not in _WRITE_ERRNOS:
        return False
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError as write_error:
        _report_and_discard(1, write_error)
        return True
    return False


def make_encodable(text: str, form: str) -> str:
    """Return a report that standard output can encode and that is still valid in its format (``form``)."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if codecs.lookup(encoding).name == "utf-8":
        return text
    if form in ("json", "sarif"):
        return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)
    return text.encode("ascii", "xmlcharrefreplace").decode() if form == "junit" else text


def _replace_unencodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace characters that a stream cannot encode (an error handler of ``codecs``)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    replaced = error.object[error.start : error.end].translate(ASCII_REPLACEMENTS)
    return replaced.encode("ascii", "backslashreplace").decode(), error.end


def _report_and_discard(number: int, error: OSError) -> None:
    """Report that a stream (1 or 2) cannot be written, and discard the text that it still buffers."""
    if number == 1 and not isinstance(error, BrokenPipeError):
        message = f"assetgen: error: the result cannot be written to standard output: {error.strerror}"
        print(message, file=sys.stderr)
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, number)
    os.close(devnull)
