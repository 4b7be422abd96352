"""A tagged page as PDF/UA-1 wants it: figures stand where they are said to stand, and decoration is none.

The engine says in px from the top where a figure is, PDF in pt from below; and it tags every drawing as a figure, also
those that say nothing and only decorate.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Name, Operator

from assetgen.units import PX_PER_PT


def mend_figures(page: bytes) -> bytes:
    """Return the PDF with each figure's box where the figure is, and with decoration as artifacts."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        root = pdf.Root.StructTreeRoot
        decoration = set(_take_decoration(root))
        _to_artifacts(pdf, decoration)
        top = float(pdf.pages[0].obj.MediaBox[3])
        for figure in _figures(root):
            for held in _each(figure.get("/A")):
                if "/BBox" in held:
                    left, first, right, second = (float(value) / PX_PER_PT for value in held.BBox)
                    low, high = sorted((top - first, top - second))
                    held.BBox = pikepdf.Array([round(side, 3) for side in (left, low, right, high)])
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _take_decoration(element: Any) -> Iterator[int]:
    """Take figures that say nothing out of the structure; yield the numbers of their marked content."""
    kept = pikepdf.Array()
    for one in _kids(element):
        if (
            isinstance(one, pikepdf.Dictionary)
            and one.get("/S") == "/Figure"
            and not str(one.get("/Alt", ""))
        ):
            yield from _numbers(one)
            continue
        if isinstance(one, pikepdf.Dictionary):
            yield from _take_decoration(one)
        kept.append(one)
    if "/K" in element:
        element.K = kept


def _numbers(element: Any) -> Iterator[int]:
    for one in _kids(element):
        if isinstance(one, pikepdf.Dictionary):
            yield from [int(one.MCID)] if "/MCID" in one else _numbers(one)
        else:
            yield int(one)


def _to_artifacts(pdf: pikepdf.Pdf, decoration: set[int]) -> None:
    """Mark content of these numbers as an artifact: what is read aloud passes it by."""
    page = pdf.pages[0]
    instructions: list[Any] = []
    for one in pikepdf.parse_content_stream(page):
        marks: Any = one.operands[1] if str(one.operator) == "BDC" and len(one.operands) == 2 else None
        if isinstance(marks, pikepdf.Dictionary) and "/MCID" in marks and int(marks.MCID) in decoration:
            instructions.append(([Name.Artifact], Operator("BMC")))
        else:
            instructions.append((one.operands, one.operator))
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K")
    return list(kids) if isinstance(kids, pikepdf.Array) else [] if kids is None else [kids]


def _each(value: Any) -> Iterator[Any]:
    """Yield the dictionaries of a value that is one, or a list of them."""
    for one in value if isinstance(value, pikepdf.Array) else [value]:
        if isinstance(one, pikepdf.Dictionary):
            yield one


def _figures(element: Any) -> Iterator[Any]:
    for one in _kids(element):
        if isinstance(one, pikepdf.Dictionary):
            if one.get("/S") == "/Figure":
                yield one
            yield from _figures(one)
