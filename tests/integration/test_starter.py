"""The starter campaign: complete, valid, neutral, about an invented service, and written unchanged by ``init``."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from assetgen.creating.new_campaign import SHARED, read_below, read_starter, write_starter
from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from tests.support.wording import Wording

ROOT = Path(__file__).resolve().parents[2]
REAL_NAME_PATTERN = (
    r"stop[\s_-]*it[\s_-]*now|0?808[\s-]*1000[\s-]*900|faithfull|stafford|nspcc|together[\s-]+for[\s-]+childhood"
    r"|childrens-safeguarding|leek\s+post"
)


@pytest.fixture(scope="module")
def starter() -> dict[str, bytes]:
    return read_starter()


def real_names() -> list[str]:
    """Return the names, numbers and addresses of this repository's own brand and partners."""
    brand = yaml.safe_load((ROOT / "brand/brand.yaml").read_text("utf-8"))
    facts = brand["facts"]
    number = facts["number"]
    names = [brand["led_by"], facts["name"], number["display"], number["tel"], *facts["hosts"]]
    for file in sorted((ROOT / "partners").glob("*/partner.yaml")):
        names += [file.parent.name, yaml.safe_load(file.read_text("utf-8"))["name"]]
    return [str(name) for name in names]


def test_the_starter_is_complete_and_includes_shared_repository_folders(starter: dict[str, bytes]) -> None:
    partners = {path.split("/")[1] for path in starter if path.startswith("partners/")}

    assert {"campaign.yaml", "brand/brand.yaml", "brand/fonts/OFL.txt", ".gitignore"} <= set(starter)
    assert partners == {"example-partner"}
    for folder in SHARED:
        starter_files = {path: content for path, content in starter.items() if path.startswith(f"{folder}/")}
        assert starter_files == dict(read_below(ROOT / folder, f"{folder}/"))


def test_the_starter_uses_an_invented_and_unconfirmed_service(starter: dict[str, bytes]) -> None:
    brand = yaml.safe_load(starter["brand/brand.yaml"])

    assert brand["facts"]["number"] == {"display": "0808 157 0123"}
    assert brand["facts"]["address"] == {"display": "www.example.org"}
    assert brand["facts"]["confirmed"]["by"] is None


def real_names_in(text: str) -> list[str]:
    """Return each name of this repository's campaign in a text, even if a line break divides it."""
    patterns = [r"\s+(?:#\s*)?".join(map(re.escape, name.split())) for name in real_names()]
    return [found[0] for found in re.finditer("|".join([REAL_NAME_PATTERN, *patterns]), text, re.IGNORECASE)]


def test_the_starter_contains_no_name_of_the_real_campaign(starter: dict[str, bytes]) -> None:
    texts = {path: content.decode() for path, content in starter.items() if b"\0" not in content}

    found_names = [
        (path, found) for path, text in texts.items() for found in real_names_in(f"{path}\n{text}")
    ]

    assert found_names == [] and len(texts) > 30


@pytest.mark.parametrize(
    "between", [" ", "\n", "\n  ", "\n# "], ids=["space", "line break", "indented line", "comment line"]
)
def test_the_search_for_real_names_also_finds_one_across_a_line_break(between: str) -> None:
    name = next(name for name in real_names() if " " in name)

    assert real_names_in(f"# for {between.join(name.split())}, today") == [between.join(name.split())]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("campaign.yaml", ["name: ", "slug: ", "released: "]),
        ("brand/brand.yaml", ["  name: ", "  number: ", "  address: ", "  promise: "]),
        ("partners/example-partner/partner.yaml", ["name: ", "local_line: ", "contact: "]),
    ],
    ids=["campaign", "brand", "partner"],
)
def test_every_invented_value_is_marked_change_me(
    starter: dict[str, bytes], path: str, keys: list[str]
) -> None:
    lines = starter[path].decode().splitlines()

    for key in keys:
        assert [line for line in lines if line.startswith(key) and "# change me" in line], key


def test_the_starter_loads_without_errors(tmp_path: Path) -> None:
    write_starter(tmp_path / "demo")

    loaded = load_campaign(tmp_path / "demo")

    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    assert loaded.campaign is not None
    partner = loaded.campaign.partners["example-partner"]
    assert len(partner.channels) == 12
    assert partner.messages == ("ask", "share")


SENSITIVE = re.compile(
    r"\b(abus\w*|sexual\w*|child\w*|thoughts?|worr\w*|crim\w*|police|helpline|confidential|anonymous)\b",
    re.IGNORECASE,
)


def test_the_copy_of_the_starter_is_safe_to_show_in_any_office(starter: dict[str, bytes]) -> None:
    texts = {
        path: content.decode()
        for path, content in starter.items()
        if path.startswith(("brand/messages/", "partners/"))
        or path in ("campaign.yaml", "brand/brand.yaml", "README.md")
    }

    assert [(path, found) for path, text in texts.items() for found in SENSITIVE.findall(text)] == []
    assert len(texts) >= 5


NAMED_FILE = re.compile(r"\b(?:docs|setup|tests|src)/[\w./-]+|\b(?:brand|templates|partners)/[\w./-]+\.\w+")


def test_no_file_of_the_starter_names_a_file_that_is_not_there(starter: dict[str, bytes]) -> None:
    named = {
        (path, found)
        for path, content in starter.items()
        if path.endswith((".yaml", ".md", ".html", ".css"))
        for found in NAMED_FILE.findall(content.decode())
    }

    assert {(path, name) for path, name in named if name not in starter} == set()


def test_init_writes_into_a_missing_or_empty_folder(tmp_path: Path, starter: dict[str, bytes]) -> None:
    (tmp_path / "empty").mkdir()

    for folder in (tmp_path / "empty", tmp_path / "deep" / "new"):
        written = write_starter(folder)

        assert written == list(starter)
        assert {path: (folder / path).read_bytes() for path in written} == starter


def test_init_rejects_a_folder_that_is_not_empty(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(CampaignError) as raised:
        write_starter(tmp_path)

    (finding,) = raised.value.findings
    assert (str(finding.place), finding.code) == (str(tmp_path), "bad-value")
    assert wording == str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_rejects_a_file_and_a_dangling_link(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    messages = []
    for name in ("file", "link"):
        with pytest.raises(CampaignError, match=r"\[bad-value\]") as raised:
            write_starter(tmp_path / name)
        messages.append(str(raised.value))

    assert wording == messages
    assert (tmp_path / "file").read_text("utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_init_reports_a_parent_that_is_not_a_folder(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")

    with pytest.raises(CampaignError, match=r"Not a directory.*\[bad-value\]") as raised:
        write_starter(tmp_path / "file" / "demo")

    assert wording == str(raised.value)


def test_init_does_not_import_the_layout_engine(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assetgen.creating.new_campaign import write_starter;"
        f"write_starter(Path({str(tmp_path / 'demo')!r})); print('weasyprint' in sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout == "False\n"


def test_the_starter_omits_files_left_by_editors(tmp_path: Path) -> None:
    for name in (".DS_Store", "brand.yaml~", "templates/.style.css.swp", "templates/style.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    assert dict(read_below(tmp_path)) == {"templates/style.css": b"x"}


def test_init_from_the_wheel_writes_the_same_files(tmp_path: Path, starter: dict[str, bytes]) -> None:
    """Unpack the wheel outside the repository and run ``init`` from there."""
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("assetgen-*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as packed:
        packed_names = packed.namelist()
        packed.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); from pathlib import Path;"
        "import assetgen.creating.new_campaign as module; print(module.__file__);"
        f"print(*module.write_starter(Path({str(tmp_path / 'demo')!r})), sep='\\n')"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    where, *written = result.stdout.splitlines()
    assert Path(where).is_relative_to(site)
    assert {path: (tmp_path / "demo" / path).read_bytes() for path in written} == starter
    assert written == list(starter)
    assert len(packed_names) == len(set(packed_names))
    data = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/assetgen").rglob("*.yaml")}
    assert data <= set(packed_names)
