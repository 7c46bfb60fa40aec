"""Trains the digits model on ../digits.npz with NumPy and writes ../digits.onnx, in about ten seconds; see ../README.md.

Everything is seeded. The last digits of the weights still depend on the processor's matrix kernels, so a run on another
machine gives an equally good model, not the same file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from export import to_onnx
from layers import Array, AverageAndClassify, BatchNormalisation, Convolution, Layer, Relu

RECIPE = Path(__file__).parents[1]

EPOCHS, BATCH = 40, 50
LEARNING_RATE = 4e-3
SMOOTHING = 0.05
#: Channels and stride of each block of convolution, normalisation and ReLU.
BLOCKS = ((16, 1), (32, 2), (64, 1))


def main() -> None:
    data = np.load(RECIPE / "digits.npz")
    generator = np.random.default_rng(0)
    network = build(generator)
    train(network, scale(data["train_images"]), data["train_labels"], generator)
    accuracy = (run(network, scale(data["validation_images"])).argmax(1) == data["validation_labels"]).mean()
    (RECIPE / "digits.onnx").write_bytes(to_onnx(network, accuracy))
    print(f"validation accuracy {accuracy:.4f}")


def build(generator: np.random.Generator) -> list[Layer]:
    layers: list[Layer] = []
    inputs = 1
    for outputs, stride in BLOCKS:
        layers += [Convolution(inputs, outputs, stride, generator), BatchNormalisation(outputs), Relu()]
        inputs = outputs
    return [*layers, AverageAndClassify(inputs, 10, generator)]


def scale(images: Array) -> Array:
    """uint8 from 0 to 16, [n, 8, 8] -> float32 from 0 to 1, [n, 1, 8, 8]."""
    return (images[:, np.newaxis] / 16).astype(np.float32)


def run(network: list[Layer], x: Array, training: bool = False) -> Array:
    for layer in network:
        x = layer.forward(x, training)
    return x


def train(network: list[Layer], images: Array, labels: Array, generator: np.random.Generator) -> None:
    """Cross-entropy with label smoothing, by Adam with a learning rate that falls along a cosine."""
    targets = (np.eye(10)[labels] * (1 - SMOOTHING) + SMOOTHING / 10).astype(np.float32)
    adam = Adam(network)
    steps = EPOCHS * (len(images) // BATCH)
    for epoch in range(EPOCHS):
        for batch in generator.permutation(len(images)).reshape(-1, BATCH):
            shifted = np.roll(images[batch], generator.integers(-1, 2), axis=int(generator.integers(2, 4)))
            gradient = (softmax(run(network, shifted, training=True)) - targets[batch]) / BATCH
            for layer in reversed(network):
                gradient = layer.backward(gradient)
            adam.step(LEARNING_RATE * (1 + np.cos(np.pi * adam.steps / steps)) / 2)
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: training accuracy {(run(network, images).argmax(1) == labels).mean():.4f}")


def softmax(logits: Array) -> Array:
    raised: Array = np.exp(logits - logits.max(1, keepdims=True))
    shares: Array = raised / raised.sum(1, keepdims=True)
    return shares


class Adam:
    """Kingma and Ba, 2015, with their constants."""

    def __init__(self, network: list[Layer]) -> None:
        self._network = network
        self._moments = [
            {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in layer.parameters.items()} for layer in network
        ]
        self.steps = 0

    def step(self, rate: float) -> None:
        self.steps += 1
        for layer, moments in zip(self._network, self._moments, strict=True):
            for name, gradient in layer.gradients.items():
                mean, square = moments[name]
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient**2 - square)
                step = mean / (1 - 0.9**self.steps) / (np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8)
                layer.parameters[name] -= (rate * step).astype(np.float32)


if __name__ == "__main__":
    main()
