"""How well a line was read: 1 - character error rate, not below 0; spaces do not count, as the recogniser often drops them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fettle_worker.scripts import ScoreContext

Arrays = dict[str, NDArray[np.generic]]


def score(outputs: Arrays, reference: Arrays, labels: Arrays, context: ScoreContext) -> float:  # noqa: ARG001 - the metric's signature
    """The one output holds, for each of 40 places, a probability for each character: [1, 40, 6625]."""
    (probabilities,) = outputs.values()
    said = str(labels["text"]).replace(" ", "")
    read = decode(probabilities[0], characters(context.metadata["character"])).replace(" ", "")
    return max(0.0, 1 - edit_distance(read, said) / len(said))


@lru_cache(maxsize=1)
def characters(dictionary: str) -> list[str]:
    """The model's characters by their number: 0 is the blank between two, the last one the space."""
    return ["", *dictionary.split("\n"), " "]


def decode(probabilities: NDArray[np.generic], alphabet: list[str]) -> str:
    """Greedy CTC: the likeliest character of each place, repeats merged, blanks dropped."""
    best = probabilities.argmax(-1)
    changed = np.concatenate([[True], best[1:] != best[:-1]])
    return "".join(alphabet[number] for number in best[changed])


def edit_distance(read: str, said: str) -> int:
    """Levenshtein's: insertions, deletions and replacements that turn one text into the other."""
    row = list(range(len(said) + 1))
    for above, letter in enumerate(read, 1):
        diagonal, row[0] = row[0], above
        for place, wanted in enumerate(said, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (letter != wanted))
    return row[-1]
