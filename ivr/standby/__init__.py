"""The standby: a database on the web machine's own disk, on which calls go on while the real one is away."""
