"""Requests taken over: whole folders moved into ``partners/``, nothing half written, nothing overwritten unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from assetgen.asking.request import Request
from assetgen.asking.trial import write_request
from assetgen.errors import MachineError
from assetgen.findings import Finding, Place

STAGE = ".assetgen"


def take_over(root: Path, requests: Iterable[Request], first_locale: str) -> list[str]:
    """Write each request's folder into the campaign in ``root``; return the ids, in order.

    A new partner's folder appears in one step. Of one that is there its ``partner.yaml`` and its logo are
    replaced, each in one step; what else lies in its folder stays. Raises MachineError where the disk refuses.
    """
    taken = []
    try:
        (root / STAGE).mkdir(exist_ok=True)
        (root / "partners").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="asked-", dir=root / STAGE) as stage:
            for request in requests:
                own = write_request(Path(stage), request, request.yaml(first_locale))
                _move(own, root / "partners" / request.partner_id)
                taken.append(request.partner_id)
    except OSError as error:
        done = f"; taken over before: {', '.join(taken)}" if taken else ""
        text = f"a partner's folder cannot be written: {error.strerror or error}{done}"
        raise MachineError(
            Finding("machine", text, "mend that, then run it again", Place("partners"))
        ) from error
    return taken


def _move(own: Path, target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        os.rename(own, target)
        return
    # The logo first: a partner.yaml never names a file that is not there yet.
    for path in sorted(own.iterdir(), key=lambda one: one.name == "partner.yaml"):
        os.replace(path, target / path.name)
    shutil.rmtree(own)
