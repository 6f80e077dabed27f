"""Line charts as SVG, without anything but the standard library.

Their colours are CSS variables that follow the reader's light or dark theme, they are as wide as
there is room, and every point tells its figures when pointed at.
"""

from peergym.lab.charts.chart import Chart, Point, Series, draw
from peergym.lab.charts.style import COLOURS
from peergym.lab.charts.svg_file import write_svg

__all__ = ["COLOURS", "Chart", "Point", "Series", "draw", "write_svg"]
