"""The few SVG shapes that our charts are drawn with; text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup, escape

INK, QUIET, FAINT, TINT, ACCENT = "#22252A", "#5A6068", "#B9B6AF", "#E9E7E0", "#1F6F6B"
SMALL_INK = "#3C4147"  # 7 pt in a paler grey would not survive a photocopier
TEXT_SIZE = 7.0
_EM = 0.47  # the mean width of a letter of our sans, in ems: enough to keep labels apart


def drawing(title: str, width: float, height: float, shapes: Iterable[str]) -> Markup:
    """Return the shapes as one SVG element whose title tells in words what is seen."""
    size = f'width="{width:g}pt" height="{height:g}pt" viewBox="0 0 {width:g} {height:g}"'
    words = f"<title>{escape(title)}</title>"
    family = "font-family=\"'Source Sans 3', sans-serif\""
    body = "".join(shapes)
    return Markup(f'<svg class="chart" role="img" {size} {family}>{words}{body}</svg>')  # noqa: S704 - every text in it went through `escape`


def line(kind: str, start: tuple[float, float], end: tuple[float, float], look: str) -> str:
    """Return a straight line; `look` is its presentation attributes."""
    (x1, y1), (x2, y2) = start, end
    return f'<line class="chart-{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>'


def strokes(kind: str, runs: Iterable[Sequence[tuple[float, float]]], look: str) -> Iterator[str]:
    """Return several lines as one shape (a page draws it faster), or nothing where there are none."""
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) for run in runs)
    if path:
        yield f'<path class="chart-{kind}" d="{path}" fill="none" {look}/>'


def stroke(colour: str, width: float, dashes: str = "") -> str:
    """Return the attributes of a stroke."""
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'stroke="{colour}" stroke-width="{width:g}"{broken}'


def dot(
    kind: str, at: tuple[float, float], colour: str, radius: float, *, filled: bool = True
) -> str:
    """Return a round mark, filled or open."""
    fill = colour if filled else "#FFFFFF"
    look = f'fill="{fill}" {stroke(colour, 0.9)}'
    return f'<circle class="chart-{kind}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" {look}/>'


def box(kind: str, corner: tuple[float, float], size: tuple[float, float], fill: str) -> str:
    """Return a filled rectangle."""
    place = f'x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}"'
    return f'<rect class="chart-{kind}" {place} fill="{fill}"/>'


def label(
    kind: str, at: tuple[float, float], words: str, anchor: str = "start", look: str = ""
) -> str:
    """Return a piece of text; `anchor` is start, middle or end."""
    place = f'x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}"'
    look = look or f'fill="{SMALL_INK}"'
    return f'<text class="chart-{kind}" {place} font-size="{TEXT_SIZE:g}" {look}>{escape(words)}</text>'


def width_of(words: str) -> float:
    """Estimate how wide a label will be."""
    return len(words) * TEXT_SIZE * _EM
