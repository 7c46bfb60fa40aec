import { fileURLToPath } from "node:url";
import { loaderText, TOOLCHAIN_API, z } from "fettle/plugin";

const SIMULATOR = "Qualcomm HTP simulator (x86)";

/**
 * Hexagon architectures that onnxruntime-qnn 2.7 makes binaries for and whose simulator was seen to agree with the reference.
 * @type {readonly string[]}
 */
const ARCHITECTURES = ["v73", "v75", "v79"];

/**
 * Qualcomm AI Engine Direct: a context binary for one Hexagon, compiled without a device and run on Qualcomm's x86 library of it.
 * @type {import("fettle/plugin").Toolchain}
 */
export const qnn = {
  apiVersion: TOOLCHAIN_API,
  name: "qnn",
  title: "Qualcomm AI Engine Direct",
  directory: fileURLToPath(new URL("../qnn", import.meta.url)),
  mainPackage: "onnxruntime-qnn",
  options: z.strictObject({}),
  canCompile({ target, precision }) {
    if (target.device !== "npu" || target.vendor !== "qualcomm")
      return { yes: false, why: "it makes artifacts for Qualcomm's Hexagon only" };
    if (!ARCHITECTURES.includes(target.architecture)) {
      return { yes: false, why: `it was not tried for Hexagon ${target.architecture}; it was for ${ARCHITECTURES.join(", ")}` };
    }
    if (precision === "float16" || precision === "int8") return { yes: true };
    return { yes: false, why: "a Hexagon computes floating point in float16: ask for that, or for int8 with a quantised model" };
  },
  canRun(_query, host) {
    if (host.architecture === "x86-64") return { yes: true, how: "emulated", by: SIMULATOR };
    return { yes: false, why: "this plug-in runs artifacts on Qualcomm's x86 simulator, and this host is no x86-64" };
  },
  compileReadsHost: () => false,
  compileOptions: ({ precision }) => ({ precision }),
  runOptions: () => ({}),
  loader({ facts, signature }) {
    return loaderText(
      {
        title: "ONNX Runtime on Qualcomm's HTP",
        install: `pip install onnxruntime==${facts.versions.onnxruntime} onnxruntime-qnn==${facts.versions["onnxruntime-qnn"]}`,
        imports: "import numpy as np\nimport onnxruntime as ort\nimport onnxruntime_qnn as qnn",
        body: `def run(feeds):
    ort.register_execution_provider_library("qnn", qnn.get_library_path())
    devices = [device for device in ort.get_ep_devices() if device.ep_name == "qnn"]
    settings = ort.SessionOptions()
    # Everything on the HTP, or an error: never part of it on the CPU in silence.
    settings.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    settings.add_provider_for_devices(devices, {"backend_path": qnn.get_qnn_htp_path()})
    session = ort.InferenceSession(str(HERE / "${facts.files[0]}"), settings)
    return dict(zip(OUTPUTS, session.run(OUTPUTS, feeds)))`,
      },
      signature,
    );
  },
};
