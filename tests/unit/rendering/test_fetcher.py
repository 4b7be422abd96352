"""Files that a page may read: only brand, templates and rebuilt logos. Each read is recorded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from weasyprint.urls import URLFetchingError

from assetgen.loading.model import Logo
from assetgen.rendering.engine.fetcher import ClosedFetcher
from assetgen.schema.partner_file import LogoFile
from tests.support.wording import Wording

CAMPAIGN = "http://campaign.invalid/"
RULES = LogoFile(file="logo.svg", alt="Acme")
LOGO = Logo("partners/acme/logo.svg", RULES, "image/svg+xml", b"<svg/>", 2.0, 1.0, "a" * 64, "b" * 64)


@pytest.fixture
def fetcher(tmp_path: Path) -> ClosedFetcher:
    """Return the fetcher of a campaign with a file in brand, one in a template and a secret one."""
    root = (tmp_path / "campaign").resolve()
    for name in ("brand/door.svg", "templates/bare/dot.svg", "partners/acme/secret.svg", "campaign.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (tmp_path / "outside.svg").write_text("outside")
    return ClosedFetcher(root, {"acme": LOGO})


def test_a_brand_file_is_served_and_recorded(fetcher: ClosedFetcher) -> None:
    response = fetcher.fetch(f"{CAMPAIGN}brand/door.svg")

    assert response.read() == b"brand/door.svg"
    assert response.content_type == "image/svg+xml"
    assert fetcher.opened == {"brand/door.svg": hashlib.sha256(b"brand/door.svg").hexdigest()}


def test_a_template_file_is_served(fetcher: ClosedFetcher) -> None:
    assert fetcher.fetch(f"{CAMPAIGN}templates/bare/dot.svg").read() == b"templates/bare/dot.svg"


def test_a_response_does_not_reveal_the_local_folder(fetcher: ClosedFetcher, tmp_path: Path) -> None:
    response = fetcher.fetch(f"{CAMPAIGN}brand/door.svg")

    assert response.geturl() == f"{CAMPAIGN}brand/door.svg"
    assert str(tmp_path) not in repr(vars(response))


@pytest.mark.parametrize(
    "url",
    [
        f"{CAMPAIGN}campaign.yaml",
        f"{CAMPAIGN}partners/acme/secret.svg",
        f"{CAMPAIGN}../outside.svg",
        f"{CAMPAIGN}brand/../../outside.svg",
        f"{CAMPAIGN}brand/..%2f..%2foutside.svg",
        f"{CAMPAIGN}%2e%2e/outside.svg",
        f"{CAMPAIGN}brand/../partners/acme/secret.svg",
        f"{CAMPAIGN}brand/nul%00.svg",
        f"{CAMPAIGN}brandy/door.svg",
        "http://logos.invalid/beta",
        "http://campaign.invalid.example.org/brand/door.svg",
        "https://campaign.invalid/brand/door.svg",
        "https://example.org/a.png",
        "file:///etc/hostname",
        "ftp://example.org/a.png",
        "//example.org/a.png",
        "data:image/png;base64," + "A" * 4_000_000,
    ],
    ids=lambda url: url[:60],
)
def test_an_address_outside_brand_and_templates_is_refused_and_recorded(
    fetcher: ClosedFetcher, url: str
) -> None:
    with pytest.raises(URLFetchingError) as refused:
        fetcher.fetch(url)

    assert str(refused.value).endswith(url)
    assert fetcher.blocked == [url]
    assert fetcher.opened == {}


def test_a_symlink_out_of_the_campaign_is_refused(fetcher: ClosedFetcher, tmp_path: Path) -> None:
    (fetcher.root / "brand/link.svg").symlink_to(tmp_path / "outside.svg")

    with pytest.raises(URLFetchingError):
        fetcher.fetch(f"{CAMPAIGN}brand/link.svg")

    assert fetcher.blocked == [f"{CAMPAIGN}brand/link.svg"]


def test_a_symlink_inside_the_brand_is_recorded_with_its_target(fetcher: ClosedFetcher) -> None:
    (fetcher.root / "brand/link.svg").symlink_to(fetcher.root / "brand/door.svg")

    assert fetcher.fetch(f"{CAMPAIGN}brand/link.svg").read() == b"brand/door.svg"
    assert fetcher.opened["brand/door.svg"] == fetcher.opened["brand/link.svg"]


def test_an_absent_file_is_recorded_as_missing_and_not_as_refused(
    fetcher: ClosedFetcher, wording: Wording
) -> None:
    with pytest.raises(URLFetchingError) as missing:
        fetcher.fetch(f"{CAMPAIGN}brand/no%20door.svg")

    assert (fetcher.missing, fetcher.blocked) == (["brand/no door.svg"], [])
    assert wording == str(missing.value)


def test_a_file_over_25_megabytes_is_refused(fetcher: ClosedFetcher) -> None:
    with (fetcher.root / "brand/large.png").open("wb") as file:
        file.truncate(25_000_001)

    with pytest.raises(URLFetchingError):
        fetcher.fetch(f"{CAMPAIGN}brand/large.png")

    assert fetcher.blocked == [f"{CAMPAIGN}brand/large.png"]


def test_a_partner_logo_is_served_rebuilt_and_its_source_recorded(fetcher: ClosedFetcher) -> None:
    response = fetcher.fetch("http://logos.invalid/acme")

    assert (response.read(), response.content_type) == (b"<svg/>", "image/svg+xml")
    assert fetcher.opened == {"partners/acme/logo.svg": "b" * 64}


def test_a_file_changed_during_a_build_is_served_as_first_read(fetcher: ClosedFetcher) -> None:
    fetcher.fetch(f"{CAMPAIGN}brand/door.svg")
    (fetcher.root / "brand/door.svg").write_text("changed door")
    fetcher.reset()

    assert fetcher.fetch(f"{CAMPAIGN}brand/door.svg").read() == b"brand/door.svg"
    assert fetcher.opened == {"brand/door.svg": hashlib.sha256(b"brand/door.svg").hexdigest()}


def test_each_asset_starts_with_no_recorded_reads(fetcher: ClosedFetcher) -> None:
    fetcher.fetch(f"{CAMPAIGN}brand/door.svg")
    for url in ("file:///etc/hostname", f"{CAMPAIGN}brand/none.svg"):
        with pytest.raises(URLFetchingError):
            fetcher.fetch(url)

    fetcher.reset()

    assert (fetcher.opened, fetcher.blocked, fetcher.missing) == ({}, [], [])


def test_a_data_url_is_served_and_not_recorded(fetcher: ClosedFetcher) -> None:
    assert fetcher.fetch("data:text/plain,hello").read() == b"hello"
    assert fetcher.opened == {}
