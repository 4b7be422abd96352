"""Read logos and pictures: untrusted files, decoded or rebuilt before anything draws them."""
