"""``assetgen partner``: add partners, from questions in the terminal or from the export of a web form."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli.session import Form, Session, count_of
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

if TYPE_CHECKING:
    from assetgen.intake.request import PartnerRequest
    from assetgen.intake.request_validation import ValidatedRequest
    from assetgen.loading.campaign import LoadedCampaign

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Update = Annotated[bool, typer.Option("--update", help="Also update partners that already exist.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only validate and show the result; write nothing.")]


@app.command("new", epilog="Example: assetgen partner new --name 'Harbour Trust' -m worried")
def new(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Option(help="Its full name. Without --name, assetgen asks for every value.")
    ] = None,
    id: Annotated[str, typer.Option("--id", help="Its id (default: derived from its name).")] = "",
    short_name: Annotated[str, typer.Option(help="A short name, used where space is short.")] = "",
    role: Annotated[str, typer.Option(help="Its role: lead, joint or supporting.")] = "",
    message: Annotated[
        list[str] | None, typer.Option("-m", "--message", help="Message id. Repeatable.")
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option("-c", "--channel", help="Channel, such as poster-a4 or 'social/*'. Repeatable."),
    ] = None,
    locale: Annotated[
        list[str] | None, typer.Option("-l", "--locale", help="Locale, such as en-GB. Repeatable.")
    ] = None,
    template: Annotated[str, typer.Option("-t", "--template", help="Its template.")] = "",
    local_line: Annotated[
        str, typer.Option(help="A line of text about its area, at most 60 characters.")
    ] = "",
    company: Annotated[
        list[str] | None, typer.Option("--with", help="Id of a partner shown alongside it. Repeatable.")
    ] = None,
    logo: Annotated[Path | None, typer.Option(metavar="FILE", help="Its logo, as SVG or PNG.")] = None,
    contact_name: Annotated[str, typer.Option(help="The contact person for questions.")] = "",
    contact_email: Annotated[str, typer.Option(help="The email address of the contact person.")] = "",
    extra: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SIZE", help="A custom size, based on a channel: 'pvc-banner 2400x600'. Repeatable."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Write without confirmation.")] = False,
    update: Update = False,
    dry_run: DryRun = False,
) -> None:
    """Add a partner.

    Shows which assets would be built for it, then writes partners/ID/partner.yaml.
    """
    from assetgen.intake.request import PartnerRequest
    from assetgen.intake.request_validation import validate_requests

    session: Session = context.obj
    loaded = session.load()
    if name is None:
        request = _prompt_for_request(session, loaded)
    else:
        values = {
            "name": name, "id": id, "short_name": short_name, "role": role, "messages": message or (),
            "channels": channel or (), "locales": locale or (), "template": template, "local_line": local_line,
            "alongside": company or (), "contact_name": contact_name, "contact_email": contact_email,
            "custom_sizes": extra or (),
        }  # fmt: skip
        # An option that is not given is not part of the request: an existing partner keeps that value.
        request = PartnerRequest.of({key: value for key, value in values.items() if value})
    request = _with_logo(request, logo)
    (verdict,) = validate_requests(loaded, [request])
    request = verdict.request
    _refuse(session, verdict, update=update)
    session.out.print(_planned(verdict))
    if verdict.exists and not verdict.changes:
        session.out.print("nothing to do: the partner already has these values")
        return
    session.err.print(request.yaml(loaded.campaign.file.locales[0]).rstrip())
    _print_changes(session, verdict)
    if dry_run or not (yes or _confirmed(request.partner_id)):
        session.out.print("nothing written")
        return
    _write(session, loaded, [request])


@app.command("import", epilog="Example: assetgen partner import requests.csv --dry-run")
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="The form's export as CSV, with a header row.")
    ],
    logos: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder of the logos (default: the folder of FILE.csv)."),
    ] = None,
    update: Update = False,
    dry_run: DryRun = False,
    form: Form = "text",
) -> None:
    """Import partners from the export of a form.

    Every row is validated. Valid rows are written into partners/; each invalid row is reported with its row, column and
    reason. Columns are found by their headers: name, short_name, messages, channels … or those that campaign.yaml sets
    (requests: columns). An existing partner is changed only with --update; without it, the changes are only shown.
    """
    from assetgen.intake.form_export import read_form_export
    from assetgen.intake.request_validation import validate_requests

    session: Session = context.obj
    loaded = session.load()
    sheet = read_form_export(file, loaded.campaign.file.requests, logos or file.parent)
    if session.err.is_terminal and not session.quiet:
        session.err.print(f"validating {count_of(len(sheet.rows), 'rows')}")
    faulty = {number for number, row in enumerate(sheet.rows) if row.findings}
    verdicts = validate_requests(loaded, [row.request for row in sheet.rows], faulty)
    findings = list(sheet.findings)
    for row, verdict in zip(sheet.rows, verdicts, strict=True):
        findings += [*row.findings, *(row.locate(fault.finding, fault.key) for fault in verdict.findings)]
    valid = [verdict for row, verdict in enumerate(verdicts) if verdict.is_valid and row not in faulty]
    new = [verdict.request for verdict in valid if verdict.is_new]
    changed = [verdict for verdict in valid if verdict.exists and verdict.changes]
    accepted = [*new, *(verdict.request for verdict in changed if update)]
    counts: dict[str, object] = {
        "new": len(new),
        "changed": len(changed),
        "unchanged": len(valid) - len(new) - len(changed),
        "refused": len(verdicts) - len(valid),
        "written": 0 if dry_run else len(accepted),
    }
    if form == "text":
        for verdict in valid:
            session.out.print(_line(verdict, update=update))
            _print_changes(session, verdict)
    session.print_report(findings, form, "partner import", counts, folder="")
    if not dry_run and accepted:
        _write(session, loaded, accepted, is_quiet=form != "text")
    if form == "text" and not session.quiet:
        session.out.print(", ".join(f"{count} {what}" for what, count in counts.items()))
        if changed and not update:
            session.out.print("to apply the changes, run again with --update")
    raise session.exit_for(findings)


def _line(verdict: ValidatedRequest, *, update: bool) -> str:
    """Return the line about one valid row: its partner, whether it is new or changed, and its assets."""
    state = "new" if verdict.is_new else "unchanged"
    if verdict.exists and verdict.changes:
        state = "changed" if update else "would change"
    return f"{verdict.request.partner_id}: {state}, {_planned(verdict)}"


def _planned(verdict: ValidatedRequest) -> str:
    """Return how many assets a partner would get, by medium."""
    total = sum(verdict.mediums.values())
    parts = ", ".join(f"{count} {medium}" for medium, count in verdict.mediums.items())
    return f"{count_of(total, 'assets')} planned: {parts}"


def _print_changes(session: Session, verdict: ValidatedRequest) -> None:
    """Print each key of an existing partner that a request changes, with the old and the new value."""
    for key, (old, new) in verdict.changes.items():
        session.out.print(f"  {key}: {_value_text(old)} → {_value_text(new)}")


def _value_text(value: object) -> str:
    if value is None:
        return "(from the campaign)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _write(
    session: Session, loaded: LoadedCampaign, requests: Sequence[PartnerRequest], *, is_quiet: bool = False
) -> None:
    """Write the partners' files. If there is only one, print its path and the next command."""
    from assetgen.intake.request_validation import commit_requests

    written = commit_requests(loaded.campaign.root, requests, loaded.campaign.file.locales[0])
    if is_quiet or session.quiet:
        return
    for partner_id in written[:1] if len(written) == 1 else ():
        session.out.print(f"written: partners/{partner_id}/partner.yaml")
        session.out.print(f"next, run: assetgen build -p {partner_id}")


def _refuse(session: Session, verdict: ValidatedRequest, *, update: bool) -> None:
    """Raise CampaignError with every fault of a request, each with its option. Do nothing if there is none."""
    faults = [
        replace(fault.finding, text=f"{_label(fault.key)}{fault.finding.text}", place=Place())
        for fault in verdict.findings
    ]
    if verdict.exists and verdict.changes and not update:
        name = verdict.request.partner_id
        text = f"partner {name} already exists: {', '.join(verdict.changes)} would change"
        faults.append(Finding("duplicate-id", text, "pass --update to change it, or --id for a different id"))
    if faults:
        raise CampaignError(faults)


OPTION_OF = {
    **{
        key: key.replace("_", "-")
        for key in ("name", "id", "short_name", "role", "template", "local_line", "logo")
    },
    "messages": "message",
    "channels": "channel",
    "locales": "locale",
    "alongside": "with",
    "contact_name": "contact-name",
    "contact_email": "contact-email",
    "custom_sizes": "extra",
}
"""Key of ``partner.yaml`` → the option that sets it. Other keys of an existing file have no option."""


def _label(key: str | None) -> str:
    """Return the start of a message about a key: its option or the key itself, and a colon; '' without a key."""
    if key is None:
        return ""
    return f"--{OPTION_OF[key]}: " if key in OPTION_OF else f"{key}: "


def _with_logo(request: PartnerRequest, logo: Path | None) -> PartnerRequest:
    """Return the request with the bytes of a logo file, or unchanged if ``logo`` is None.

    Raises CampaignError if the file cannot be read.
    """
    from assetgen.intake.form_export import read_logo

    if logo is None:
        return request
    content = read_logo(logo)
    return replace(request, logo=logo.name, logo_content=content, keys=request.keys | {"logo"})


def _confirmed(partner_id: str) -> bool:
    """Ask whether to write the partner's file; return False without asking if there is no terminal."""
    return sys.stdin.isatty() and typer.confirm(f"Write partners/{partner_id}/partner.yaml?", default=True)


def _prompt_for_request(session: Session, loaded: LoadedCampaign) -> PartnerRequest:
    """Ask for every value in the terminal; the Return key accepts the default in brackets.

    Raises CampaignError if standard input is not a terminal.
    """
    from assetgen.intake.request import PartnerRequest

    if not sys.stdin.isatty():
        hint = "pass --name NAME and further options, or use assetgen partner import FILE.csv"
        raise CampaignError(Finding("bad-value", "cannot prompt: standard input is not a terminal", hint))
    known = loaded.context
    name = typer.prompt("Full name").strip()
    draft = PartnerRequest(name)
    values: dict[str, str | list[str]] = {"name": name}
    values["id"] = typer.prompt("Id", default=draft.partner_id)
    values["short_name"] = typer.prompt("Short name, used where space is short", default=name)
    values["role"] = typer.prompt("Role: lead, joint or supporting", default="supporting")
    for key, question, default in (
        ("messages", f"Messages ({', '.join(known.message_ids)})", known.campaign.messages),
        ("channels", "Channels (assetgen list channels lists all)", known.campaign.channels),
        ("locales", f"Languages ({', '.join(loaded.campaign.brand.file.labels)})", known.campaign.locales),
    ):
        values[key] = _split_list(typer.prompt(question, default=", ".join(default)), default)
    sizes = "Custom sizes, such as pvc-banner 2400x600, optional"
    values["custom_sizes"] = _split_list(typer.prompt(sizes, default="", show_default=False), ())
    values["local_line"] = typer.prompt(
        "Line of text about its area, optional", default="", show_default=False
    )
    partners = ", ".join(known.partner_ids)
    answer = typer.prompt(
        f"Partners shown alongside it ({partners}), optional", default="", show_default=False
    )
    values["alongside"] = _split_list(answer, ())
    values["contact_name"] = typer.prompt("Contact person, optional", default="", show_default=False)
    values["contact_email"] = typer.prompt(
        "Email of the contact person, optional", default="", show_default=False
    )
    request = PartnerRequest.of(values)
    file = typer.prompt("Logo file, optional", default="", show_default=False)
    return _with_logo(request, Path(file) if file else None)


def _split_list(answer: str, default: Sequence[str]) -> list[str]:
    """Return the items of a comma-separated answer; an empty list if they equal the campaign's default."""
    items = [item.strip() for item in answer.split(",") if item.strip()]
    return [] if items == list(default) else items
