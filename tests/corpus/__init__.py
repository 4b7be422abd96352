"""The corpus: faulty assets that the proofs must catch, and sound ones that they must let pass."""
