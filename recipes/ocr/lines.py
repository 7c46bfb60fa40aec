"""Lines of text for a recogniser, rendered with Pillow's built-in font: what they say is known, so they need no labelling.

Each line is drawn in its own size, colours and place, turned a little, blurred and overlaid with noise; then it is
normalised as PP-OCR does it (blue first, values from -1 to 1, 48 pixels high).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from fettle_worker.scripts import DataRequest

HEIGHT, WIDTH = 48, 320

#: Standard deviation of the noise, in steps of 0 to 255.
NOISE = 18.0

#: A third of the lines end in a number.
NUMBER_SHARE = 1 / 3

#: Longest line that fits the width at the largest size.
LONGEST = 18

WORDS = """
    able acid adapt after agree alarm album amber anchor angle answer apple arch argue arrow artist aspect autumn
    avenue bakery balance banner barrel basin basket beacon beetle blanket border bottle bounce branch bridge bright
    bronze bucket cabin candle canvas carbon castle cellar chalk charge cherry circle clever clock cloud coastal
    copper cotton crystal damage dancer debate decade defend degree desert detail dinner divide doctor dollar double
    dragon drawer driver eager eagle earth easily editor effect eight elbow elder embark empire enamel engine enough
    entry equal estate evening fabric factor falcon family farmer feather fettle figure filter finger flavour flight
    forest formal freight friend frozen galaxy garden gather gentle geyser glacier golden govern granite gravel
    guitar habit hammer handle harbour harvest hollow ignore impact income index inform insect invent island ivory
    jacket jersey jigsaw journey jungle kernel kettle kitchen ladder lantern laptop lately lawyer legend lemon
    letter library liquid lumber magnet marble market meadow medal melody minute mirror module monkey motion muscle
    napkin nature needle nephew nickel normal notice number oblong object ocean office orange orbit orchard oxygen
    packet palace parcel pattern pencil pepper picture pigeon planet pocket polish powder quarter quartz quick quiet
    quiver rabbit radar ranger rather reason record remedy ribbon river rocket saddle salmon sample school season
    shadow silver simple sketch socket spirit spring square stable statue summer sunset switch symbol tablet talent
    target temper theory thread ticket timber tomato travel tunnel turtle uncle under unique update valley vapour
    velvet vessel violin vision volume walnut warmth weaver weekly whisper window winter wisdom wonder yellow yonder
    zenith zipper
""".split()


def samples(request: DataRequest) -> Iterator[tuple[dict[str, NDArray[np.float32]], dict[str, str]]]:
    """Yields `{"x": float32 [1, 3, 48, 320]}` and the label `text`."""
    generator = np.random.default_rng(request.seed)
    while True:  # as many as are taken
        text = draw_text(generator)
        yield {"x": normalise(render(text, generator), generator)}, {"text": text}


def draw_text(generator: np.random.Generator) -> str:
    words = [WORDS[generator.integers(len(WORDS))] for _ in range(2)]
    if generator.random() < NUMBER_SHARE:
        words[1] = f"{words[1]}{generator.integers(1000)}"
    line = " ".join(words)
    return line if len(line) <= LONGEST else words[1]


def render(text: str, generator: np.random.Generator) -> Image.Image:
    """A 320 x 48 picture: dark text on a light ground."""
    ground = tuple(int(value) for value in generator.integers(170, 256, 3))
    ink = tuple(int(value) for value in generator.integers(0, 90, 3))
    font = ImageFont.load_default(int(generator.integers(24, 33)))
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    ImageDraw.Draw(picture).text((6, int(generator.integers(2, 10))), text, font=font, fill=ink)
    turned = picture.rotate(float(generator.uniform(-2, 2)), resample=Image.Resampling.BILINEAR, fillcolor=ground)
    return turned.filter(ImageFilter.GaussianBlur(float(generator.uniform(0, 1.2))))


def normalise(picture: Image.Image, generator: np.random.Generator) -> NDArray[np.float32]:
    blue_first = np.asarray(picture, np.float32)[:, :, ::-1]
    noisy = np.clip(blue_first + generator.normal(0, NOISE, blue_first.shape), 0, 255)
    return ((noisy / 255 - 0.5) / 0.5).transpose(2, 0, 1)[np.newaxis].astype(np.float32)
