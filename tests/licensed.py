"""Made-up licensed wordings, laid into a site's own folder as an import would lay them."""

from __future__ import annotations

from pathlib import Path

from server.catalog.catalog import Catalog
from server.outputs.definition import written


def licensed(catalog: Catalog, folder: Path, instrument: str, language: str) -> Path:
    """Write a wording whose sentences say that they are invented; return its file."""
    shown = catalog.wording(instrument, language)
    wording = shown.model_dump(mode="json")
    wording |= {
        "language": language, "version": "1.0.0-site", "status": "licensed",
        "holder": "Nobody Press", "proof": "letter 7, in the binder", "proof_on": "2027-01-05",
        "proof_by": "A. Tester", "title": f"{shown.title} (licensed)",
    }  # fmt: skip
    path = folder / instrument / language / "1.0.0-site.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(_texts(wording)))
    return path


def license_all(catalog: Catalog, folder: Path, protocol: str, language: str = "en") -> None:
    """Write a wording of every form of a protocol that has sample sentences only."""
    for each in {asked.instrument for asked in catalog.protocol(protocol).assessments}:
        if catalog.placeholder(each, language):
            licensed(catalog, folder, each, language)


def _texts(value: object) -> dict[str, object]:
    """Files hold text only; what is empty is left out."""
    assert isinstance(value, dict)
    return {str(key): _text(each) for key, each in value.items() if each not in ("", {}, None)}


def _text(value: object) -> object:
    return _texts(value) if isinstance(value, dict) else str(value)
