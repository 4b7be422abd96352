"""The starter campaign: a folder of the package with an invented helpline, beside files of the repository."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from assetgen.cli.commands.init import SHARED, read_below, read_starter, write_starter
from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign
from tests.support.wording import Wording

ROOT = Path(__file__).resolve().parents[2]
REAL = (
    r"stop[\s_-]*it[\s_-]*now|0?808[\s-]*1000[\s-]*900|faithfull|stafford|nspcc|together[\s-]+for[\s-]+childhood"
    r"|childrens-safeguarding|leek\s+post"
)


@pytest.fixture(scope="module")
def starter() -> dict[str, bytes]:
    return read_starter()


def real_words() -> list[str]:
    """Return what the repository's own facts and partners are called."""
    brand = yaml.safe_load((ROOT / "brand/brand.yaml").read_text("utf-8"))
    facts = brand["facts"]
    number = facts["number"]
    words = [brand["led_by"], facts["name"], number["display"], number["tel"], *facts["hosts"]]
    for file in sorted((ROOT / "partners").glob("*/partner.yaml")):
        words += [file.parent.name, yaml.safe_load(file.read_text("utf-8"))["name"]]
    return [str(word) for word in words]


def test_the_starter_has_the_shape_of_a_campaign(starter: dict[str, bytes]) -> None:
    partners = {path.split("/")[1] for path in starter if path.startswith("partners/")}

    assert {"campaign.yaml", "brand/brand.yaml", "brand/fonts/OFL.txt", ".gitignore"} <= set(starter)
    assert partners == {"example-county-council"}
    for folder in SHARED:
        mine = {path: content for path, content in starter.items() if path.startswith(f"{folder}/")}
        assert mine == dict(read_below(ROOT / folder, f"{folder}/"))


def test_the_helpline_is_invented(starter: dict[str, bytes]) -> None:
    brand = yaml.safe_load(starter["brand/brand.yaml"])

    assert brand["facts"]["number"] == {"display": "0808 157 0123", "tel": "+448081570123"}
    assert brand["facts"]["address"] == {"display": "www.example.org", "url": "https://www.example.org/"}
    assert brand["facts"]["hosts"] == ["www.example.org"]
    assert brand["facts"]["confirmed"]["by"] is None


def real_names_in(text: str) -> list[str]:
    """Return what a text has of the repository's own campaign; a name may be divided between two lines."""
    words = [r"\s+(?:#\s*)?".join(map(re.escape, word.split())) for word in real_words()]
    return [found[0] for found in re.finditer("|".join([REAL, *words]), text, re.IGNORECASE)]


def test_nothing_of_the_real_campaign_is_left(starter: dict[str, bytes]) -> None:
    texts = {path: content.decode() for path, content in starter.items() if b"\0" not in content}

    left = [(path, found) for path, text in texts.items() for found in real_names_in(f"{path}\n{text}")]

    assert left == [] and len(texts) > 30


@pytest.mark.parametrize("between", [" ", "\n", "\n  ", "\n# "])
def test_a_real_name_is_found_also_over_two_lines(between: str) -> None:
    name = next(word for word in real_words() if " " in word)

    assert real_names_in(f"# for {between.join(name.split())}, today") == [between.join(name.split())]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("campaign.yaml", ["name: ", "slug: ", "edition: ", "released: ", "messages: "]),
        (
            "brand/brand.yaml",
            ["led_by: ", "  name: ", "  number: ", "  address: ", "  promise: ", "  hosts: "],
        ),
        ("partners/example-county-council/partner.yaml", ["name: ", "short_name: ", "contact: "]),
    ],
)
def test_every_invented_line_says_change_me(starter: dict[str, bytes], path: str, keys: list[str]) -> None:
    lines = starter[path].decode().splitlines()

    for key in keys:
        assert [line for line in lines if line.startswith(key) and "# change me" in line], key


def test_the_starter_loads_without_an_error(tmp_path: Path) -> None:
    write_starter(tmp_path / "demo")

    loaded = load_campaign(tmp_path / "demo")

    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    assert loaded.campaign is not None
    assert set(loaded.campaign.partners) == {"example-county-council"}
    partner = loaded.campaign.partners["example-county-council"]
    assert len(partner.channels) == 12
    assert partner.messages == ("worried", "loved-one")


def test_init_writes_into_a_missing_or_an_empty_folder(tmp_path: Path, starter: dict[str, bytes]) -> None:
    (tmp_path / "empty").mkdir()

    for folder in (tmp_path / "empty", tmp_path / "deep" / "new"):
        written = write_starter(folder)

        assert written == list(starter)
        assert {path: (folder / path).read_bytes() for path in written} == starter


def test_init_refuses_a_folder_with_something_in_it(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(CampaignError) as refused:
        write_starter(tmp_path)

    (finding,) = refused.value.findings
    assert (str(finding.place), finding.code) == (str(tmp_path), "bad-value")
    assert wording == str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_refuses_a_file_and_a_dangling_link(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    said = []
    for name in ("file", "link"):
        with pytest.raises(CampaignError, match=r"\[bad-value\]") as refused:
            write_starter(tmp_path / name)
        said.append(str(refused.value))

    assert wording == said
    assert (tmp_path / "file").read_text("utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_init_below_a_file_says_what_is_wrong(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")

    with pytest.raises(CampaignError, match=r"Not a directory.*\[bad-value\]") as refused:
        write_starter(tmp_path / "file" / "demo")

    assert wording == str(refused.value)


def test_init_does_not_load_the_layout_engine(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assetgen.cli.commands.init import write_starter;"
        f"write_starter(Path({str(tmp_path / 'demo')!r})); print('weasyprint' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_what_editors_leave_is_not_part_of_the_starter(tmp_path: Path) -> None:
    for name in (".DS_Store", "brand.yaml~", "templates/.style.css.swp", "templates/style.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    assert dict(read_below(tmp_path)) == {"templates/style.css": b"x"}


def test_init_from_the_wheel_writes_the_same_files(tmp_path: Path, starter: dict[str, bytes]) -> None:
    """The wheel is unpacked with no checkout around it."""
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
        names = packed.namelist()
        packed.extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); from pathlib import Path;"
        "import assetgen.cli.commands.init as module; print(module.__file__);"
        f"print(*module.write_starter(Path({str(tmp_path / 'demo')!r})), sep='\\n')"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    where, *written = done.stdout.splitlines()
    assert Path(where).is_relative_to(site)
    assert {path: (tmp_path / "demo" / path).read_bytes() for path in written} == starter
    assert written == list(starter)
    assert len(names) == len(set(names))
    data = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/assetgen").rglob("*.yaml")}
    assert data <= set(names)
