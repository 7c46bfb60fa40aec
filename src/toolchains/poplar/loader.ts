import type { Toolchain } from "../../domain/toolchain.ts";
import { loaderText } from "../loader-text.ts";

/** `load.py`: loads the PopEF file into a session of the model that it was compiled from, on an IPU. */
export const poplarLoader: Toolchain["loader"] = ({ signature, facts }) =>
  loaderText(
    {
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
    session.loadExecutable(str(HERE / "${facts.files[0]}"))
    session.prepareDevice()
    session.weightsFromHost()
    anchors = session.initAnchorArrays()
    session.run(popart.PyStepIO(feeds, anchors))
    return {name: anchors[name] for name in OUTPUTS}`,
    },
    signature,
  );
