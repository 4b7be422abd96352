"""Twelve brands that have nothing in common, each built in every shape. ``make brands`` runs them."""
