"""
What the devices on record tell, as a test wants it.
"""

from __future__ import annotations

from provd.sync.phone import Phone


class Record:
    anothers: tuple[str, ...] = ()
    count = 0
    rivals = False

    def is_anothers(self, phone: Phone, mac: str) -> bool:
        return mac in self.anothers

    def is_anothers_endpoint(self, phone: Phone, endpoint: str) -> bool:
        return endpoint in self.anothers

    def sharers(self, phone: Phone) -> int:
        return self.count

    def has_rivals(self, phone: Phone) -> bool:
        return self.rivals
