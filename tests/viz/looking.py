"""How these tests look at what was drawn: SVG as XML, pages as HTML, printed numbers as numbers."""

import math
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from autograd import Value

_ASCII = str.maketrans("−⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "-0123456789-")
VOID = {"meta", "link", "br", "hr", "img", "input", "path", "polygon", "ellipse", "polyline"}


def xml(svg):
    """The root element; a ParseError when the SVG is not well-formed."""
    return ElementTree.fromstring(svg)


def texts(svg):
    """What is written in the drawing."""
    return ["".join(element.itertext()) for element in xml(svg).iter() if element.tag.endswith("}text")]


def tooltips(svg):
    return [value for element in xml(svg).iter() for key, value in element.attrib.items() if key.endswith("}title")]


def tags(svg):
    return {element.tag.rpartition("}")[2] for element in xml(svg).iter()}


def figure_of(name):
    """A loss of one leaf with that name, drawn with the chain rule."""
    from viz import draw

    x = Value(1.5, name=name)
    return draw(((x * x) + 1).named("loss"), x)


class Page(HTMLParser):
    """The elements of a page with their attributes, its ids and links; AssertionError where elements do not nest."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.ids, self.links, self.cells, self.words, self._open = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_startendtag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if "href" in attributes:
            self.links.append(attributes["href"])

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if {"td", "th"} & set(self._open):
            self.cells[-1][-1] += data


def read(text):
    """A printed number: −0.25, 1.235×10⁶, ∞, NaN, (−3)."""
    plain = text.strip().removeprefix("(").removesuffix(")")
    if plain in ("∞", "−∞", "NaN"):
        return {"∞": math.inf, "−∞": -math.inf, "NaN": math.nan}[plain]
    mantissa, _, power = plain.partition("×10")
    assert re.fullmatch(r"−?\d+(\.\d+)?", mantissa), f"{text!r} is no number"
    return float(mantissa.translate(_ASCII)) * 10.0 ** int(power.translate(_ASCII) or "0")
