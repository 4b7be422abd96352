"""``assetgen partner``: a new partner, from questions in the terminal or from a form's export."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import Form, Session, counted
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

if TYPE_CHECKING:
    from assetgen.intake.request import Request
    from assetgen.intake.request_validation import Verdict
    from assetgen.loading.campaign import Loaded

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Update = Annotated[bool, typer.Option("--update", help="Change partners that are there already.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge and show; write nothing.")]


@app.command("new")
def new(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="Its full name. Without it, questions are asked.")] = None,
    id: Annotated[str, typer.Option("--id", help="Its id; usually made from its name.")] = "",
    short_name: Annotated[str, typer.Option(help="What it is called in small places.")] = "",
    role: Annotated[str, typer.Option(help="lead, joint or supporting.")] = "",
    message: Annotated[list[str] | None, typer.Option("-m", "--message", help="Repeatable.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option("-c", "--channel", help="'social/*', poster-a4 … Repeatable.")
    ] = None,
    locale: Annotated[list[str] | None, typer.Option("-l", "--locale", help="Repeatable.")] = None,
    template: Annotated[str, typer.Option("-t", "--template", help="Its design.")] = "",
    local_line: Annotated[str, typer.Option(help="A line about its place, at most 60 characters.")] = "",
    company: Annotated[
        list[str] | None, typer.Option("--with", help="Partners that stand beside it. Repeatable.")
    ] = None,
    logo: Annotated[Path | None, typer.Option(metavar="FILE", help="Its logo, SVG or PNG.")] = None,
    contact_name: Annotated[str, typer.Option(help="Who answers questions.")] = "",
    contact_email: Annotated[str, typer.Option(help="Where to.")] = "",
    extra: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SIZE", help="A size of its own, like a channel: 'pvc-banner 2400x600'. Repeatable."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Write without asking.")] = False,
    update: Update = False,
    dry_run: DryRun = False,
) -> None:
    """Ask for a new partner, show what would be made for it, and write partners/ID/partner.yaml."""
    from assetgen.intake.request import Request
    from assetgen.intake.request_validation import judge

    session: Session = context.obj
    loaded = session.load()
    if name is None:
        request = _asked(session, loaded)
    else:
        words = {
            "name": name, "id": id, "short_name": short_name, "role": role, "messages": message or (),
            "channels": channel or (), "locales": locale or (), "template": template, "local_line": local_line,
            "alongside": company or (), "contact_name": contact_name, "contact_email": contact_email,
            "custom_sizes": extra or (),
        }  # fmt: skip
        # What no option names is not asked for: of a partner that is there it stays as it is.
        request = Request.of({key: said for key, said in words.items() if said})
    request = _with_logo(request, logo)
    (verdict,) = judge(loaded, [request])
    request = verdict.request
    _refuse(session, verdict, update=update)
    session.out.print(_planned(verdict))
    if verdict.exists and not verdict.changes:
        session.out.print("nothing to do: it stands there as asked")
        return
    session.err.print(request.yaml(loaded.campaign.file.locales[0]).rstrip())
    _print_changes(session, verdict)
    if dry_run or not (yes or _confirmed(request.partner_id)):
        session.out.print("nothing written")
        return
    _take(session, loaded, [request])


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The export of a form, with a header.")],
    logos: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the logos lie (default: beside the file).")
    ] = None,
    update: Update = False,
    dry_run: DryRun = False,
    form: Form = "text",
) -> None:
    """Judge every row of a form's export; write the good ones into partners/, report the others.

    Columns are found by their headers: name, short_name, messages, channels … or as campaign.yaml says
    (requests: columns). A partner that is there already is left as it is, and what would change is shown;
    --update changes it.
    """
    from assetgen.intake.form_export import read_sheet
    from assetgen.intake.request_validation import judge

    session: Session = context.obj
    loaded = session.load()
    sheet = read_sheet(file, loaded.campaign.file.requests, logos or file.parent)
    if session.err.is_terminal and not session.quiet:
        session.err.print(f"judging {counted(len(sheet.rows), 'rows')}")
    faulty = {at for at, row in enumerate(sheet.rows) if row.faults}
    verdicts = judge(loaded, [row.request for row in sheet.rows], faulty)
    findings = list(sheet.findings)
    for row, verdict in zip(sheet.rows, verdicts, strict=True):
        findings += [*row.faults, *(row.told(fault.finding, fault.key) for fault in verdict.faults)]
    good = [one for at, one in enumerate(verdicts) if one.is_sound and at not in faulty]
    new = [verdict.request for verdict in good if verdict.is_new]
    changed = [verdict for verdict in good if verdict.exists and verdict.changes]
    taken = [*new, *(verdict.request for verdict in changed if update)]
    counts: dict[str, object] = {
        "new": len(new),
        "changed": len(changed),
        "unchanged": len(good) - len(new) - len(changed),
        "refused": len(verdicts) - len(good),
        "written": 0 if dry_run else len(taken),
    }
    if form == "text":
        for verdict in good:
            session.out.print(_line(verdict, update=update))
            _print_changes(session, verdict)
    session.print_report(findings, form, "partner import", counts, folder="")
    if not dry_run and taken:
        _take(session, loaded, taken, is_quiet=form != "text")
    if form == "text" and not session.quiet:
        session.out.print(", ".join(f"{count} {what}" for what, count in counts.items()))
        if changed and not update:
            session.out.print("--update takes the changes over")
    raise session.ending(findings)


def _line(verdict: Verdict, *, update: bool) -> str:
    state = "new" if verdict.is_new else "as it is"
    if verdict.exists and verdict.changes:
        state = "changed" if update else "would change"
    return f"{verdict.request.partner_id}: {state}, {_planned(verdict)}"


def _planned(verdict: Verdict) -> str:
    total = sum(verdict.mediums.values())
    parts = ", ".join(f"{count} {medium}" for medium, count in verdict.mediums.items())
    return f"{counted(total, 'assets')} planned: {parts}"


def _print_changes(session: Session, verdict: Verdict) -> None:
    for key, (old, new) in verdict.changes.items():
        session.out.print(f"  {key}: {_words(old)} → {_words(new)}")


def _words(value: object) -> str:
    if value is None:
        return "(the campaign's)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _take(session: Session, loaded: Loaded, requests: Sequence[Request], *, is_quiet: bool = False) -> None:
    from assetgen.intake.request_validation import take_over

    taken = take_over(loaded.campaign.root, requests, loaded.campaign.file.locales[0])
    if is_quiet or session.quiet:
        return
    for partner_id in taken[:1] if len(taken) == 1 else ():
        session.out.print(f"written: partners/{partner_id}/partner.yaml")
        session.out.print(f"next: assetgen build -p {partner_id}")


def _refuse(session: Session, verdict: Verdict, *, update: bool) -> None:
    """Raise CampaignError with all that is wrong with a request, each with the option that it is about."""
    faults = [
        replace(fault.finding, text=f"{_label(fault.key)}{fault.finding.text}", place=Place())
        for fault in verdict.faults
    ]
    if verdict.exists and verdict.changes and not update:
        name = verdict.request.partner_id
        text = f"there is a partner {name} already: {', '.join(verdict.changes)} would change"
        faults.append(Finding("duplicate-id", text, "--update changes it; --id gives another id"))
    if faults:
        raise CampaignError(faults)


OPTION_OF = {"alongside": "with", "custom_sizes": "extra"}
"""The options that have another name than the key of a partner's file that they set."""


def _label(key: str | None) -> str:
    return f"{OPTION_OF.get(key, key)}: " if key else ""


def _with_logo(request: Request, logo: Path | None) -> Request:
    """Return a request with the logo's bytes; raises CampaignError where the file cannot be read."""
    from assetgen.intake.form_export import read_logo

    if logo is None:
        return request
    content = read_logo(logo)
    return replace(request, logo=logo.name, logo_content=content, asked=request.asked | {"logo"})


def _confirmed(partner_id: str) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Write partners/{partner_id}/partner.yaml?", default=True)


def _asked(session: Session, loaded: Loaded) -> Request:
    """Return what somebody answers in a terminal. Return takes what stands in brackets."""
    from assetgen.intake.request import Request

    if not sys.stdin.isatty():
        hint = "assetgen partner new --name NAME …, or partner import FILE.csv"
        raise CampaignError(Finding("bad-value", "there is nobody to ask: no terminal", hint))
    known = loaded.known
    name = typer.prompt("Its full name").strip()
    draft = Request(name)
    words: dict[str, str | list[str]] = {"name": name}
    words["id"] = typer.prompt("Its id", default=draft.partner_id)
    words["short_name"] = typer.prompt("In small places it is called", default=name)
    words["role"] = typer.prompt("Its role: lead, joint or supporting", default="supporting")
    for key, what, usual in (
        ("messages", f"Messages ({', '.join(known.message_ids)})", known.campaign.messages),
        ("channels", "Channels (assetgen list channels shows all)", known.campaign.channels),
        ("locales", f"Languages ({', '.join(loaded.campaign.brand.file.labels)})", known.campaign.locales),
    ):
        words[key] = _several(typer.prompt(what, default=", ".join(usual)), usual)
    sizes = "Sizes of its own (pvc-banner 2400x600), or nothing"
    words["custom_sizes"] = _several(typer.prompt(sizes, default="", show_default=False), ())
    words["local_line"] = typer.prompt("A line about its place, or nothing", default="", show_default=False)
    company = ", ".join(known.partner_ids)
    said = typer.prompt(f"Stands with ({company}), or nothing", default="", show_default=False)
    words["alongside"] = _several(said, ())
    words["contact_name"] = typer.prompt("Who answers questions, or nothing", default="", show_default=False)
    words["contact_email"] = typer.prompt("Their address, or nothing", default="", show_default=False)
    request = Request.of(words)
    file = typer.prompt("Its logo's file, or nothing", default="", show_default=False)
    return _with_logo(request, Path(file) if file else None)


def _several(said: str, usual: Sequence[str]) -> list[str]:
    """Return the words of a list; what is the campaign's own is left to it."""
    words = [word.strip() for word in said.split(",") if word.strip()]
    return [] if words == list(usual) else words
