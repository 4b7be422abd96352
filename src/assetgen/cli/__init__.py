"""The command line: thin commands, and the only code that prints.

Here it begins and ends: standard output and error in any encoding and state, and the exit codes.
"""

from __future__ import annotations

import codecs
import errno
import json
import os
import re
import sys

OK, FINDINGS, NOTHING_PLANNED, MACHINE, INTERRUPTED = 0, 1, 2, 3, 130

# How a sign is written where the encoding lacks it.
LIKENESSES = str.maketrans({"×": "x", "–": "-", "—": "-", "→": ">", "·": "-", "…": "...", "’": "'"})
_HANDLER = "assetgen"
_OF_WRITING = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # before any command could begin
        print("interrupted", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    prepare()
    try:
        from assetgen.cli.app import run
    except ImportError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "assetgen") or "--debug" in arguments:
            raise
        print(f"assetgen: error: the Python package {name} is missing: {error} [machine]", file=sys.stderr)
        print(f"  hint: pip install {name}; assetgen doctor looks for the other parts", file=sys.stderr)
        return leave(MACHINE)
    return leave(run(arguments))


def prepare() -> None:
    """See that every sign can be written, and that there is something to write to."""
    codecs.register_error(_HANDLER, _likeness)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: what is said is said to nobody
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  it lives as long as we do
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def leave(code: int) -> int:
    """Write out what is still held back; return the exit code, 1 where standard output could not take it.

    Without this Python says it on its way out, in words of its own. A reader that has gone (``| head``) is
    no news; a full disk is.
    """
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError as error:
            code = code if code != OK else FINDINGS
            _tell(number, error)
    return code


def told_of_output(error: Exception) -> bool:
    """Say whether an error arose because standard output takes no more; if so it has been told.

    The error itself does not tell; what a full disk refused was thrown away. So one more sign is offered.
    """
    if not isinstance(error, OSError) or error.filename or error.errno not in _OF_WRITING:
        return False
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError as refusal:
        _tell(1, refusal)
        return True
    return False


def encodable(text: str, form: str) -> str:
    """Return a report so that standard output's encoding can hold it and its form stays whole."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if codecs.lookup(encoding).name == "utf-8":
        return text
    if form in ("json", "sarif"):
        return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], text)
    return text.encode("ascii", "xmlcharrefreplace").decode() if form == "junit" else text


def _likeness(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end].translate(LIKENESSES)
    return signs.encode("ascii", "backslashreplace").decode(), error.end


def _tell(number: int, error: OSError) -> None:
    """Say that a stream cannot be written to, and let what is held back for it go nowhere."""
    if number == 1 and not isinstance(error, BrokenPipeError):
        said = f"assetgen: error: the result cannot be written to standard output: {error.strerror}"
        print(said, file=sys.stderr)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
