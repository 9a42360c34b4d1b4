"""A small line of values, as SVG."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, EDGE = 120, 28, 2


def sparkline(values: Sequence[int], *, label: str = "") -> SafeString:
    """Draw integers as a line with a filled foot; an empty sequence draws nothing."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    reach = (high - low) or 1
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    points = [
        (EDGE + i * step, HEIGHT - EDGE - (v - low) * (HEIGHT - 2 * EDGE) / reach)
        for i, v in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"{points[0][0]:.1f},{HEIGHT} {line} {points[-1][0]:.1f},{HEIGHT}"
    end_x, end_y = points[-1]
    return mark_safe(
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<polygon class="spark-area" points="{area}"/><polyline class="spark-line" points="{line}"/>'
        f'<circle class="spark-end" cx="{end_x:.1f}" cy="{end_y:.1f}" r="2"/></svg>'
    )
