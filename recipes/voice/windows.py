"""Windows of sound for a voice detector: made-up speech, music-like tones, hum and noise, so that it has something to decide.

Speech is made as the oldest synthesisers did it (source and filter): pulses of a voice that glides, through three resonances
of a vowel, under the rise and fall of syllables. Each window comes with a state as if it were heard in the midst of a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fettle_worker.scripts import DataRequest

Sound = NDArray[np.float64]

RATE = 16_000

#: The model takes 512 new samples (32 ms) after the last 64 of the window before.
WINDOW = 512 + 64

#: First three resonances of vowels, in Hz (G. Peterson and H. Barney, 1952, men).
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (490, 1350, 1690))
BANDWIDTHS = (80, 100, 140)


def samples(request: DataRequest) -> Iterator[tuple[dict[str, NDArray[np.float32]], dict[str, str]]]:
    """Yields `{"input": float32 [1, 576], "state": float32 [2, 1, 128]}` and the label `kind`."""
    generator = np.random.default_rng(request.seed)
    kinds = list(SOUNDS)
    while True:  # as many as are taken
        kind = kinds[generator.integers(len(kinds))]
        sound = SOUNDS[kind](generator) + generator.normal(0, 10 ** generator.uniform(-4, -2.5), RATE // 2)
        start = generator.integers(len(sound) - WINDOW)
        window = sound[start : start + WINDOW] * 10 ** generator.uniform(-1, -0.1) / max(1e-9, np.abs(sound).max())
        yield {"input": window[np.newaxis].astype(np.float32), "state": draw_state(generator)}, {"kind": kind}


def draw_state(generator: np.random.Generator) -> NDArray[np.float32]:
    """Hidden and cell state; every fourth is the silence a call begins with."""
    if generator.integers(4) == 0:
        return np.zeros((2, 1, 128), np.float32)
    return np.tanh(generator.normal(0, 0.4, (2, 1, 128))).astype(np.float32)


def make_speech(generator: np.random.Generator) -> Sound:
    """Half a second of a vowel: [8000]."""
    time = np.arange(RATE // 2) / RATE
    pitch = generator.uniform(90, 230) * (1 + 0.1 * np.sin(2 * np.pi * generator.uniform(1, 4) * time))
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    voice = pulses - pulses.mean() + generator.normal(0, 0.02, len(time))
    for centre, bandwidth in zip(VOWELS[generator.integers(len(VOWELS))], BANDWIDTHS, strict=True):
        voice = resonate(voice, centre * generator.uniform(0.9, 1.15), bandwidth)
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * generator.uniform(3, 6) * time + generator.uniform(0, 6))
    heard: Sound = voice * syllables
    return heard


def make_tones(generator: np.random.Generator) -> Sound:
    time = np.arange(RATE // 2) / RATE
    notes = 220 * 2 ** (generator.integers(0, 36, 3) / 12)
    chord: Sound = np.sin(2 * np.pi * np.outer(notes, time)).sum(0)
    return chord


def make_hum(generator: np.random.Generator) -> Sound:
    time = np.arange(RATE // 2) / RATE
    return sum((np.sin(2 * np.pi * 50 * harmonic * time) / harmonic for harmonic in range(1, 8)), generator.normal(0, 0.05, len(time)))


def make_noise(generator: np.random.Generator) -> Sound:
    return resonate(generator.normal(0, 1, RATE // 2), generator.uniform(300, 3000), generator.uniform(200, 2000))


def resonate(sound: Sound, centre: float, bandwidth: float) -> Sound:
    """A two-pole resonance, as the decaying cosine that it answers a pulse with."""
    time = np.arange(400) / RATE
    answer = np.exp(-np.pi * bandwidth * time) * np.cos(2 * np.pi * centre * time)
    return np.convolve(sound, answer)[: len(sound)]


SOUNDS: dict[str, Callable[[np.random.Generator], Sound]] = {
    "speech": make_speech,
    "tones": make_tones,
    "hum": make_hum,
    "noise": make_noise,
}
