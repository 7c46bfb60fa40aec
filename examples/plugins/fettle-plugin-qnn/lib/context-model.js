/**
 * The EPContext nodes of an ONNX file. Such a file is a few hundred bytes that point at a vendor's binary, so this reads the
 * protobuf wire format itself (protobuf.dev, "Encoding"; field numbers of onnx.proto) and needs no library.
 */

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, integer: 3, text: 4 };

/**
 * @typedef {object} ContextNode
 * @property {string} name
 * @property {readonly string[]} inputs
 * @property {readonly string[]} outputs
 * @property {Readonly<Record<string, string>>} attributes Text and whole numbers, as text.
 */

/**
 * @param {Uint8Array} model
 * @returns {readonly ContextNode[]} Empty for a file that is no ONNX, or has no such node.
 */
export function readContextModel(model) {
  try {
    const graphs = fieldsOf(model).filter(({ number }) => number === MODEL_GRAPH);
    const nodes = graphs.flatMap(({ bytes }) => fieldsOf(bytes).filter(({ number }) => number === GRAPH_NODE));
    return nodes
      .map(({ bytes }) => fieldsOf(bytes))
      .filter((fields) => textOf(fields, NODE.operator) === "EPContext")
      .map(contextNode);
  } catch {
    return [];
  }
}

/** @param {readonly Field[]} fields @returns {ContextNode} */
function contextNode(fields) {
  const texts = (number) => fields.filter((field) => field.number === number).map(({ bytes }) => decode(bytes));
  const attributes = fields.filter(({ number }) => number === NODE.attribute).map(({ bytes }) => attributeOf(fieldsOf(bytes)));
  return {
    name: textOf(fields, NODE.name),
    inputs: texts(NODE.input),
    outputs: texts(NODE.output),
    attributes: Object.fromEntries(attributes),
  };
}

/** @param {readonly Field[]} fields @returns {readonly [string, string]} */
function attributeOf(fields) {
  const text = fields.find(({ number }) => number === ATTRIBUTE.text);
  const integer = fields.find(({ number }) => number === ATTRIBUTE.integer);
  return [textOf(fields, ATTRIBUTE.name), text === undefined ? String(integer?.value ?? "") : decode(text.bytes)];
}

/** @typedef {{ readonly number: number, readonly value: number, readonly bytes: Uint8Array }} Field */

/**
 * The fields of one message, in order. Throws a RangeError for bytes that are none.
 * @param {Uint8Array} bytes
 * @returns {readonly Field[]}
 */
function fieldsOf(bytes) {
  const fields = [];
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = varint(reader);
    const kind = tag & 7;
    const value = kind === 0 ? varint(reader) : 0;
    fields.push({ number: tag >>> 3, value, bytes: kind === 0 ? new Uint8Array() : take(reader, lengthOf(kind, reader)) });
  }
  return fields;
}

const FIXED = { 1: 8, 5: 4 };

function lengthOf(kind, reader) {
  if (kind === 2) return varint(reader);
  const length = FIXED[kind];
  if (length === undefined) throw new RangeError(`wire type ${kind}`);
  return length;
}

function varint(reader) {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.bytes[reader.at++];
    if (byte === undefined) throw new RangeError("the message ends inside a number");
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

function take(reader, length) {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new RangeError("the message ends inside a field");
  const part = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return part;
}

function textOf(fields, wanted) {
  const field = fields.find(({ number }) => number === wanted);
  return field === undefined ? "" : decode(field.bytes);
}

function decode(bytes) {
  return new TextDecoder().decode(bytes);
}
