import type { Toolchain } from "../../domain/toolchain.ts";
import { type LoaderParts, loaderText } from "../loader-text.ts";

/** `load.py`: runs the PopEF file on an IPU, by the runtime of the compiler that made it. */
export const poplarLoader: Toolchain["loader"] = ({ signature, facts, options }) => {
  const [executable = ""] = facts.files;
  return loaderText(options.compiler === "poprt" ? poprtParts(executable) : popartParts(executable), signature);
};

// A session is opened with the model that the file was compiled from.
function popartParts(executable: string): LoaderParts {
  return {
    title: "PopART on an IPU",
    install: "Graphcore's Poplar SDK, whose enable scripts put popart on PYTHONPATH",
    imports: "import numpy as np\nimport popart",
    body: `def run(feeds):
    options = popart.SessionOptions()
    options.constantWeights = True
    options.enableStochasticRounding = False
    options.partialsTypeMatMuls = "float"
    flow = popart.DataFlow(1, {name: popart.AnchorReturnType("All") for name in OUTPUTS})
    options.convolutionOptions = {"partialsType": "float"}
    device = popart.DeviceManager().acquireAvailableDevice(1)
    session = popart.InferenceSession(str(HERE / "model.onnx"), flow, device, userOptions=options)
    session.loadExecutable(str(HERE / "${executable}"))
    session.prepareDevice()
    session.weightsFromHost()
    anchors = session.initAnchorArrays()
    session.run(popart.PyStepIO(feeds, anchors))
    return {name: anchors[name] for name in OUTPUTS}`,
  };
}

// The program's own types are those of the precision it was converted to.
function poprtParts(executable: string): LoaderParts {
  return {
    title: "PopRT on an IPU",
    install: "Graphcore's PopRT, from its images",
    imports: "import numpy as np\nfrom poprt import runtime",
    body: `def run(feeds):
    runner = runtime.Runner(str(HERE / "${executable}"))
    inputs = {info.name: feeds[info.name].astype(info.numpy_data_type()) for info in runner.get_execute_inputs()}
    outputs = {info.name: np.zeros(info.shape, info.numpy_data_type()) for info in runner.get_execute_outputs()}
    runner.execute(inputs, outputs)
    return {name: outputs[name] for name in OUTPUTS}`,
  };
}
