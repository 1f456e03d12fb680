"""Reads a PDF back the way a person, or a curious one, would."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """Return each page's text, spaces of any width as plain ones, soft breaks left out."""
    found = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return [" ".join(text.replace("\u200b", "").split()) for text in found]


def text(pdf: bytes) -> str:
    """Return the whole text."""
    return "\n".join(pages(pdf))
