"""A fest of one metric, one rule and one board, to which tests add the challenges that they are about."""

from __future__ import annotations

DARES = """
[fest]
slug = "dares"
name = "Dares"
time_zone = "UTC"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
grace_hours = 24
regions = ["GB", "IE"]
[[metrics]]
slug = "coins"
name = "Coins"
[[rules]]
slug = "coins"
metric = "coins"
points = 1
[[boards]]
slug = "all"
name = "All"
of = "creators"
period = "fest"
"""
