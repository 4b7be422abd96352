"""The starter campaign: made from the repository's own, with an invented helpline."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from assetgen.cli.commands.init import write_starter
from assetgen.cli.starter_source import (
    StarterError,
    left_of_real,
    mark_rest_of_line,
    real_words,
    remove_keys,
    set_values,
    starter_files,
)
from assetgen.errors import CampaignError
from assetgen.loading.campaign import load_campaign

ROOT = Path(__file__).resolve().parents[2]
REAL_WORDS = (
    "stop it now",
    "stopitnow",
    "0808 1000 900",
    "8081000900",
    "faithfull",
    "staffordshire",
    "nspcc",
)


@pytest.fixture(scope="module")
def starter() -> dict[str, bytes]:
    return starter_files(ROOT)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A copy of what the starter is made from, to be spoilt."""
    for folder in ("brand", "templates", "partners"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "campaign.yaml", tmp_path)
    return tmp_path


def texts(files: dict[str, bytes]) -> dict[str, str]:
    return {path: content.decode() for path, content in files.items() if not path.endswith((".ttf", ".jpg"))}


def test_the_starter_has_the_shape_of_a_campaign(starter: dict[str, bytes]) -> None:
    partners = {path.split("/")[1] for path in starter if path.startswith("partners/")}

    assert {"campaign.yaml", "brand/brand.yaml", "brand/fonts/OFL.txt", ".gitignore"} <= set(starter)
    assert {path for path in starter if path.startswith("templates/beacon/")} == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "templates/beacon").rglob("*") if path.is_file()
    }
    assert partners == {"example-county-council"}


def test_the_helpline_is_invented(starter: dict[str, bytes]) -> None:
    brand = yaml.safe_load(starter["brand/brand.yaml"])

    assert brand["facts"]["number"] == {"display": "0808 157 0123", "tel": "+448081570123"}
    assert brand["facts"]["address"] == {"display": "www.example.org", "url": "https://www.example.org/"}
    assert brand["facts"]["hosts"] == ["www.example.org"]
    assert brand["facts"]["confirmed"]["by"] is None


def test_nothing_of_the_real_campaign_is_left(starter: dict[str, bytes]) -> None:
    left = [
        (path, word)
        for path, text in texts(starter).items()
        for word in REAL_WORDS
        if word in f"{path} {text}".lower()
    ]

    assert left == []


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


def test_the_source_s_own_comments_stay(starter: dict[str, bytes]) -> None:
    source = (ROOT / "brand/brand.yaml").read_text("utf-8")
    comments = [line for line in source.splitlines() if line.startswith("#")]

    assert comments
    assert set(comments) <= set(starter["brand/brand.yaml"].decode().splitlines())


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


def test_init_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(CampaignError) as refused:
        write_starter(tmp_path)

    assert str(refused.value) == (
        f"{tmp_path}: error: this folder is not empty [bad-value]\n"
        "  hint: name a folder that does not exist yet: assetgen init my-campaign"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_refuses_a_file_and_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("file", "link"):
        with pytest.raises(CampaignError, match=r"this is not a folder \[bad-value\]"):
            write_starter(tmp_path / name)

    assert (tmp_path / "file").read_text("utf-8") == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_init_below_a_file_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")

    with pytest.raises(
        CampaignError, match=r"the new campaign cannot be written: Not a directory \[bad-value\]"
    ):
        write_starter(tmp_path / "file" / "demo")


def test_init_does_not_load_the_layout_engine(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assetgen.cli.commands.init import write_starter;"
        f"write_starter(Path({str(tmp_path / 'demo')!r})); print('weasyprint' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_a_real_name_in_a_message_stops_the_build_with_its_line(repo: Path) -> None:
    message = repo / "brand/messages/worried.yaml"
    message.write_text(message.read_text("utf-8") + "# proofed with the\n# NSPCC\n", "utf-8")

    with pytest.raises(StarterError) as stopped:
        starter_files(repo)

    line = len(message.read_text("utf-8").splitlines())
    assert str(stopped.value) == (
        f"the starter still speaks of the real campaign:\nbrand/messages/worried.yaml:{line}: NSPCC"
    )


def test_a_real_name_split_over_two_lines_is_found() -> None:
    files = {
        "a.md": b"one\nStop It\n  Now! two\n",
        "templates/stop-it-now/style.css": b"",
        "font.ttf": b"\0NSPCC",
    }

    assert list(left_of_real(files, [])) == [
        "a.md:2: Stop It Now",
        "templates/stop-it-now/style.css: stop-it-now",
    ]


def test_another_campaign_s_facts_and_partners_are_looked_for_too(repo: Path) -> None:
    brand = repo / "brand/brand.yaml"
    brand.write_text(brand.read_text("utf-8").replace("0808 1000 900", "0800 555 111"), "utf-8")
    shutil.copytree(repo / "partners/nspcc", repo / "partners/port-authority")

    words = real_words(repo)

    assert {"0800 555 111", "port-authority"} <= set(words)
    assert list(left_of_real({"a.html": b"<p>Ring 0800 555 111"}, words)) == ["a.html:1: 0800 555 111"]


def test_a_missing_fact_stops_the_build(repo: Path) -> None:
    brand = repo / "brand/brand.yaml"
    brand.write_text(brand.read_text("utf-8").replace("  hosts: [www.stopitnow.org.uk]\n", ""), "utf-8")

    with pytest.raises(StarterError, match=r"^brand/brand\.yaml: there is no facts\.hosts$"):
        starter_files(repo)


def test_what_editors_leave_is_not_part_of_the_starter(repo: Path, starter: dict[str, bytes]) -> None:
    for name in ("brand/.DS_Store", "brand/brand.yaml~", "templates/beacon/.style.css.swp"):
        (repo / name).write_bytes(b"x")

    assert starter_files(repo) == starter


def test_values_are_set_in_place_and_comments_stay() -> None:
    text = "# top\na: {b: one, c: two}  # why\nd:\n  - x   # first\n  - y\n# end\n"

    changed = set_values(text, {("a", "b"): "1", ("a", "c"): '"2 # 3"', ("d",): "[z]", ("e",): "new"})

    assert changed == (
        '# top\na: {b: 1, c: "2 # 3"}   # change me: why\n'
        "d:\n  [z]   # change me\n# end\ne: new   # change me\n"
    )


def test_a_value_that_is_kept_is_only_marked() -> None:
    assert set_values("day: 2026-11-01\n", {("day",): None}) == "day: 2026-11-01   # change me\n"


def test_a_line_is_marked_once() -> None:
    assert mark_rest_of_line("}   # change me\nnext") == "}   # change me\nnext"


def test_keys_are_removed_with_the_comments_right_above_them() -> None:
    text = "# file\n\n# about a\n# more\na:\n  - 1  # one\n  - 2\n# about b\nb: 3\nc: 4"

    assert remove_keys(text, ["a", "missing"]) == "# file\n\n# about b\nb: 3\nc: 4"
    assert remove_keys(text, ["c"]) == text.removesuffix("c: 4")


def test_the_wheel_contains_the_starter(tmp_path: Path, starter: dict[str, bytes]) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        capture_output=True,
        check=True,
    )

    (wheel,) = tmp_path.glob("assetgen-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        found = {
            name.removeprefix("assetgen/starter/"): packed.read(name)
            for name in names
            if name.startswith("assetgen/starter/")
        }
    assert found == starter
    assert len(names) == len(set(names))
    data = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/assetgen").rglob("*.yaml")}
    assert data
    assert data <= set(names)


def test_init_reads_the_starter_of_an_installed_package(tmp_path: Path, starter: dict[str, bytes]) -> None:
    """The package is copied beside a starter of its own, with no checkout around it."""
    package = tmp_path / "site" / "assetgen"
    shutil.copytree(ROOT / "src/assetgen", package, ignore=shutil.ignore_patterns("__pycache__"))
    for path, content in starter.items():
        (package / "starter" / path).parent.mkdir(parents=True, exist_ok=True)
        (package / "starter" / path).write_bytes(content)
    code = (
        f"import sys; sys.path.insert(0, {str(package.parent)!r}); from pathlib import Path;"
        "from assetgen.cli.commands.init import write_starter; import assetgen.cli.commands.init as module;"
        f"print(module.__file__); print(*write_starter(Path({str(tmp_path / 'demo')!r})), sep='\\n')"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    where, *written = done.stdout.splitlines()
    assert Path(where).is_relative_to(package)
    assert written == list(starter)
    assert {path: (tmp_path / "demo" / path).read_bytes() for path in written} == starter
