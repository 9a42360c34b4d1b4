"""The growth curve as a picture: seconds and memory at 1, 3 and 10 times the size."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 720, 300
LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, GAP = 60, 48, 250, 190, 360
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.axis{stroke:#999}"
    ".even{stroke:#aaa;stroke-dasharray:4 4}.curve{stroke:#b3261e;stroke-width:2;fill:none}"
)


def growth_picture(title: str, points: Sequence[Mapping[str, Any]]) -> str:
    """An SVG of `points`, each with lines, seconds, memory_mib and server_mib. The dashed line is what growth in step
    with the size, from the first point on, would be."""
    lines = [point["lines"] for point in points]
    seconds = [point["seconds"] for point in points]
    memory = [point["memory_mib"] + point["server_mib"] for point in points]
    even = [seconds[0] * size / lines[0] for size in lines]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>',
        *_panel(0, "seconds", lines, seconds, even),
        *_panel(GAP, "memory, MiB (ours and the server's)", lines, memory, None),
        "</svg>",
        "",
    ])  # fmt: skip


def _panel(
    shift: int, name: str, sizes: Sequence[int], values: Sequence[float], even: Sequence[float] | None
) -> list[str]:
    left, bottom = LEFT + shift, TOP + PLOT_HEIGHT
    top_value = max([*values, *(even or ())]) or 1

    def at(size: float, value: float) -> tuple[float, float]:
        return (
            round(left + size / max(sizes) * PLOT_WIDTH, 1),
            round(bottom - value / top_value * PLOT_HEIGHT, 1),
        )

    def path(some: Sequence[float]) -> str:
        return " ".join(f"{x},{y}" for x, y in map(at, sizes, some))

    drawn = [
        f'<text x="{left}" y="{TOP - 8}">{escape(name)}</text>',
        f'<line class="axis" x1="{left}" y1="{bottom}" x2="{left + PLOT_WIDTH}" y2="{bottom}"/>',
        f'<line class="axis" x1="{left}" y1="{TOP}" x2="{left}" y2="{bottom}"/>',
    ]
    if even:
        drawn.append(f'<polyline class="even" fill="none" points="{path(even)}"/>')
    drawn.append(f'<polyline class="curve" points="{path(values)}"/>')
    for size, value in zip(sizes, values, strict=True):
        x, y = at(size, value)
        drawn += [
            f'<circle cx="{x}" cy="{y}" r="3.5" fill="#b3261e"/>',
            f'<text x="{x}" y="{y - 8}" text-anchor="middle">{value:,.4g}</text>',
            f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>',
        ]
    return [*drawn, f'<text x="{left + PLOT_WIDTH}" y="{bottom + 36}" text-anchor="end">lines</text>']
