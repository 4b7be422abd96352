"""The corpus: faulty files that the preflight checks must catch, and correct ones that must raise no error.

- ``requirement_*faults``: written from the requirements alone, without knowing how the checks work
- ``subtle_*faults``: written with knowledge of the checks, at what they could overlook
- ``adversarial_*``: written as an attack on the finished checks, faulty and harmless
- ``correct_assets``, ``harmless_edits``: what must raise no error

``edited_assets`` makes the files, ``common_edits`` and ``copy_edits`` are the edits that many cases share, and
``case_verdicts`` runs the checks.
"""
