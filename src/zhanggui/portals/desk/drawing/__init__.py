"""Pictures drawn on the server as SVG: icons, sparklines, bars and lines. Classes only, nothing inline."""
