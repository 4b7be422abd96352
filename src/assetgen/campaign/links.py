"""The link that a code opens: the brand's address as it is, or with a short code of the tracking policy.

Nothing tells one reader from another: the code names the campaign, the partner or the channel, never a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from assetgen.loading.model import Campaign

CODE_LENGTH = 5
# Hexadecimal digits without the vowels, so that no code ever spells a word.
CODE_DIGITS = frozenset("0123456789bcdf")


def link_code(slug: str, edition: str, *policy_ids: str) -> str:
    """Return the code: the first 5 hexadecimal digits, no ``a`` or ``e``, of the sha256 of what is named."""
    digest = hashlib.sha256("/".join((slug, edition, *policy_ids)).encode()).hexdigest()
    return "".join(digit for digit in digest if digit in CODE_DIGITS)[:CODE_LENGTH]


def policy_ids(tracking: str, partner_id: str, channel_id: str | None) -> tuple[str, ...]:
    """Return the ids that a tracking policy names in a code."""
    if tracking == "campaign":
        return ()
    if tracking == "partner" or channel_id is None:
        return (partner_id,)
    return (partner_id, channel_id)


def link_for(campaign: Campaign, partner_id: str, channel_id: str | None) -> str:
    """Return the link of a partner's channel (``None``: of the partner alone) by the partner's policy."""
    tracking = campaign.partners[partner_id].tracking
    address = campaign.brand.facts.url
    if tracking == "none":
        return address
    if campaign.brand.link.style == "utm":
        return add_to_query(address, _utm_fields(campaign, tracking, partner_id, channel_id))
    code = link_code(campaign.slug, campaign.edition, *policy_ids(tracking, partner_id, channel_id))
    return add_to_query(address, {campaign.brand.link.parameter: code})


def add_to_query(url: str, fields: Mapping[str, str]) -> str:
    """Return an address with fields added after those that its query has; its fragment stays at the end."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(fields)) if part)
    return parts._replace(query=query).geturl()


def _utm_fields(campaign: Campaign, tracking: str, partner_id: str, channel_id: str | None) -> dict[str, str]:
    """Return the usual fields of a site's statistics, as far as the policy names them."""
    fields = {"utm_campaign": campaign.slug}
    ids = policy_ids(tracking, partner_id, channel_id)
    if ids:
        fields["utm_source"] = ids[0]
    if len(ids) > 1:
        fields["utm_medium"] = ids[1]
    return fields
