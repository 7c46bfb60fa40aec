/**
 * ONNX operators that PopART implements: those its sources register a definition of (willow/src/op), and those it rewrites into
 * others first (willow/src/onnxpasses/nodepatterns), at graphcore/popart d2f20d7 of September 2023, its last.
 */
export const POPART_OPERATORS: ReadonlySet<string> = new Set(
  `
  Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Clip Concat Constant
  ConstantOfShape Conv ConvTranspose Cos Cosh CumSum Div Dropout Elu Equal Erf Exp Expand Flatten Floor GRU Gather Gemm
  GlobalAveragePool GlobalMaxPool Greater HardSigmoid Identity If InstanceNormalization IsInf IsNaN LRN LSTM LeakyRelu Less Log
  LogSoftmax Loop MatMul Max MaxPool Mean Min Mod Mul Neg Not OneHot Or PRelu Pad Pow RNN RandomNormal RandomNormalLike
  RandomUniform RandomUniformLike Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin
  ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize RoiAlign Round Scan Scatter ScatterElements Selu Shape Shrink Sigmoid
  Sign Sin Sinh Slice Softmax Softplus Softsign Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose
  Unsqueeze Upsample Where
`
    .trim()
    .split(/\s+/),
);
