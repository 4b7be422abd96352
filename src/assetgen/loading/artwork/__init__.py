"""Read logos and pictures. The files are untrusted: each is decoded or rebuilt before it is drawn."""
