"""Fingerprints: they cover every field of an asset but the listed ones, and assetgen's own source code."""

from __future__ import annotations

from dataclasses import fields

import pytest

from assetgen.building.fingerprint import CHECK_SOURCES, PACKAGE, PROVENANCE, RENDERER_SOURCES
from assetgen.packs.pack_run import PACK_SOURCES
from assetgen.planning.asset import Asset


def test_every_field_excluded_from_the_fingerprint_is_a_field_of_an_asset() -> None:
    assert PROVENANCE - {field.name for field in fields(Asset)} == set(), (
        "a renamed field would become part of the fingerprint: a change of its value would rebuild assets"
    )


@pytest.mark.parametrize("name", sorted({*RENDERER_SOURCES, *CHECK_SOURCES, *PACK_SOURCES}))
def test_source_files_that_the_fingerprint_lists_exist(name: str) -> None:
    assert (PACKAGE / name).exists(), (
        "a path that does not exist adds nothing to the fingerprint: changed code would rebuild nothing"
    )
