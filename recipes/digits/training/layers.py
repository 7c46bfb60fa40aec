"""The layers of a small convolutional network, with their gradients, in NumPy. Arrays are [batch, channels, height, width]."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

KERNEL = 3


class Layer(Protocol):
    """`parameters` and `gradients` are matched by name; `backward` fills the gradients and returns the input's."""

    parameters: dict[str, Array]
    gradients: dict[str, Array]

    def forward(self, x: Array, training: bool) -> Array: ...

    def backward(self, gradient: Array) -> Array: ...


class Convolution:
    """3 x 3, padded by 1, without bias: the batch normalisation after it has one."""

    def __init__(self, inputs: int, outputs: int, stride: int, generator: np.random.Generator) -> None:
        # He initialisation: variance 2 / fan-in keeps the scale through ReLU.
        scale = np.sqrt(2 / (inputs * KERNEL * KERNEL))
        self.stride = stride
        self.parameters = {"weight": generator.normal(0, scale, (outputs, inputs, KERNEL, KERNEL)).astype(np.float32)}
        self.gradients: dict[str, Array] = {}

    def forward(self, x: Array, training: bool) -> Array:  # noqa: ARG002 - the same in both
        self._shape = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (KERNEL, KERNEL), (2, 3))[:, :, :: self.stride, :: self.stride]
        self._columns = windows.transpose(0, 2, 3, 1, 4, 5)
        return np.tensordot(self._columns, self.parameters["weight"], ((3, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)

    def backward(self, gradient: Array) -> Array:
        outward = gradient.transpose(0, 2, 3, 1)
        self.gradients["weight"] = np.tensordot(outward, self._columns, ((0, 1, 2), (0, 1, 2)))
        columns = np.tensordot(outward, self.parameters["weight"], ((3,), (0,)))
        batch, channels, height, width = self._shape
        padded = np.zeros((batch, channels, height + 2, width + 2), np.float32)
        for row in range(KERNEL):
            for column in range(KERNEL):
                rows = slice(row, row + self.stride * gradient.shape[2], self.stride)
                places = slice(column, column + self.stride * gradient.shape[3], self.stride)
                padded[:, :, rows, places] += columns[..., row, column].transpose(0, 3, 1, 2)
        return padded[:, :, 1:-1, 1:-1]


class BatchNormalisation:
    EPSILON = 1e-5
    MOMENTUM = 0.9

    def __init__(self, channels: int) -> None:
        self.parameters = {"scale": np.ones(channels, np.float32), "bias": np.zeros(channels, np.float32)}
        self.gradients: dict[str, Array] = {}
        self.mean, self.variance = np.zeros(channels, np.float32), np.ones(channels, np.float32)

    def forward(self, x: Array, training: bool) -> Array:
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
            self.mean = self.MOMENTUM * self.mean + (1 - self.MOMENTUM) * mean
            self.variance = self.MOMENTUM * self.variance + (1 - self.MOMENTUM) * variance
        self._deviation = np.sqrt(variance + self.EPSILON)[:, None, None]
        self._normal = (x - mean[:, None, None]) / self._deviation
        scaled: Array = self._normal * self.parameters["scale"][:, None, None] + self.parameters["bias"][:, None, None]
        return scaled

    def backward(self, gradient: Array) -> Array:
        self.gradients["scale"] = (gradient * self._normal).sum((0, 2, 3))
        self.gradients["bias"] = gradient.sum((0, 2, 3))
        inner = gradient * self.parameters["scale"][:, None, None]
        along = (inner * self._normal).mean((0, 2, 3), keepdims=True)
        corrected: Array = (inner - inner.mean((0, 2, 3), keepdims=True) - self._normal * along) / self._deviation
        return corrected


class Relu:
    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    def forward(self, x: Array, training: bool) -> Array:  # noqa: ARG002 - the same in both
        self._open = x > 0
        return x * self._open

    def backward(self, gradient: Array) -> Array:
        return gradient * self._open


class AverageAndClassify:
    """The mean of each channel, then one linear layer: [batch, channels, height, width] -> [batch, classes]."""

    def __init__(self, channels: int, classes: int, generator: np.random.Generator) -> None:
        weight = generator.normal(0, np.sqrt(1 / channels), (classes, channels)).astype(np.float32)
        self.parameters = {"weight": weight, "bias": np.zeros(classes, np.float32)}
        self.gradients: dict[str, Array] = {}

    def forward(self, x: Array, training: bool) -> Array:  # noqa: ARG002 - the same in both
        self._shape = x.shape
        self._means = x.mean((2, 3))
        logits: Array = self._means @ self.parameters["weight"].T + self.parameters["bias"]
        return logits

    def backward(self, gradient: Array) -> Array:
        self.gradients["weight"] = gradient.T @ self._means
        self.gradients["bias"] = gradient.sum(0)
        spread = (gradient @ self.parameters["weight"]) / (self._shape[2] * self._shape[3])
        return np.broadcast_to(spread[:, :, None, None], self._shape)
