"""The smallest file that has one of everything, and the example that is shipped."""

from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "config" / "example.toml"

SMALL = """\
[service]
default_region = "us"
fallback_policy = "noc"

[[regions]]
key = "us"
name = "United States"
number = "+1 614 484 1546"
zone = "America/New_York"
hours = ["Mon-Fri 09:00-18:00"]
closures = [2026-12-25]
language = "en-US"
voice = "Polly.Joanna"
desk = ["+1 614 555 0100"]
policy = "noc"

[[engineers]]
key = "mia"
name = "Mia Keller"
phones = ["+1 212 555 0110", "+1 212 555 0111"]
manager = true

[[engineers]]
key = "jon"
name = "Jon Bell"
phones = ["+1 212 555 0120"]

[[rotas]]
key = "noc"
name = "NOC on call"

[[rotas.layers]]
name = "weekly"
every = "week"
handoff = "Mon 09:00"
zone = "Europe/Rome"
starts_on = 2024-01-01
participants = ["mia", ["jon", "mia"]]

[[rotas.overrides]]
engineer = "jon"
from = "2026-12-24 18:00"
until = 2026-12-25T09:00:00
zone = "Europe/Rome"

[[policies]]
key = "noc"
name = "NOC"
repeat = 2

[[policies.levels]]
targets = ["rota:noc", "engineer:jon"]
ring_seconds = 20

[[policies.levels]]
targets = ["phone:+1 212 555 0199"]

[[partners]]
number = "4001"
pin = "4821"
name = "Rossi Telecom"
tier = "gold"
country = "IT"
phones = ["+44 20 7946 0201", "+44 20 7946 0211"]
pbx = "rossi-pbx-01"

[[partners]]
number = "4004"
name = "Bronze Phones Ltd"
tier = "bronze"
phones = ["+44 20 7946 0204"]
refer_to = "4001"
"""
