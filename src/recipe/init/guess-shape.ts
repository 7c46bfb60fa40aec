import type { Dimension, ModelTensor } from "../../model/model-summary.ts";

/** A shape to begin with, and which of its sizes are guesses. */
export interface GuessedShape {
  readonly sizes: readonly number[];
  /** What the guessed dimensions are called: their name, or `axis 2`. Empty when the model fixes every size. */
  readonly guessed: readonly string[];
}

/** Sizes by the name a symbolic dimension has; the first that matches is taken. They are starting points, not facts. */
const BY_NAME: readonly (readonly [RegExp, number])[] = [
  [/^(b|n|bs|batch.*|.*batch(_?size)?|num_?(samples|images))$/i, 1],
  [/past/i, 16],
  [/(seq|token|text|prompt|context|target|source|encoder|decoder)/i, 128],
  [/(height|width|^h$|^w$|^img|^image)/i, 224],
  [/(channel|^c$)/i, 3],
  [/(sample|audio|wave|time|frame|^t$|^l$|len)/i, 512],
];
const IMAGE_SIDE = 224;
const IMAGE_CHANNELS = 3;
const SEQUENCE = 128;
const SIGNAL = 512;
const OTHER = 16;

/** Guesses a shape for an input; null when the model does not even say its rank. */
export function guessShape({ shape, type }: ModelTensor): GuessedShape | null {
  if (shape === null) return null;
  const sizes = shape.map((size, axis) => (typeof size === "number" ? size : guessSize(size, { axis, shape, type })));
  const guessed = shape.flatMap((size, axis) => (typeof size === "number" ? [] : [size ?? `axis ${axis}`]));
  return { sizes, guessed: [...new Set(guessed)] };
}

function guessSize(name: Dimension, { axis, shape, type }: { axis: number; shape: readonly Dimension[]; type: string }): number {
  if (axis === 0 && shape.length > 1) return 1;
  const named = typeof name === "string" ? BY_NAME.find(([pattern]) => pattern.test(name)) : undefined;
  if (named !== undefined) return named[1];
  if (shape.length === 4) return axis === channelAxis(shape) ? IMAGE_CHANNELS : IMAGE_SIDE;
  if (axis !== 1) return OTHER;
  return /^u?int/.test(type) ? SEQUENCE : SIGNAL;
}

// Channels last where the last size says so, else first, as PyTorch exports images.
function channelAxis(shape: readonly Dimension[]): number {
  const last = shape[3];
  return last === 1 || last === 3 || last === 4 ? 3 : 1;
}
