"""Read a campaign's files into a validated, frozen ``CampaignModel``. Report every fault with its file and line."""
