"""The status page, read from a stand-in on loopback."""
