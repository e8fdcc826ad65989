"""Writes the pages that follow from the catalogue. Run from the root: `python -m docs.generate`."""

from pathlib import Path

from functions.catalogue.by_hand import by_hand_page
from functions.catalogue.docs import coverage_page, permissions_page

if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "permissions.md").write_text(permissions_page(), encoding="utf-8")
    (here / "coverage.md").write_text(coverage_page(), encoding="utf-8")
    (here / "by-hand.md").write_text(by_hand_page(), encoding="utf-8")
