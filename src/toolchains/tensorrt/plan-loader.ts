import type { ArtifactFacts } from "../../domain/facts.ts";
import type { ModelSignature } from "../../domain/tensor.ts";
import { loaderText } from "../loader-text.ts";

/** What differs between TensorRT and TensorRT for RTX. */
export interface PlanLoaderParts {
  readonly title: string;
  /** Package that brings the runtime, and its Python module. */
  readonly packageName: string;
  readonly module: string;
  readonly facts: ArtifactFacts;
  readonly signature: ModelSignature;
}

/** `load.py` of a plan: device memory through NVIDIA's own Python binding, so that nothing but it and the runtime is needed. */
export function planLoader({ title, packageName, module, facts, signature }: PlanLoaderParts): string {
  const version = facts.versions[packageName] ?? "";
  return loaderText(
    {
      title,
      install: `pip install ${packageName}==${version} cuda-python numpy`,
      imports: `import numpy as np\nimport ${module} as trt\nfrom cuda.bindings import runtime as cuda`,
      body: body(facts.files[0] ?? "model.plan"),
    },
    signature,
  );
}

function body(file: string): string {
  return `def check(answer):
    status, *values = answer
    if status != cuda.cudaError_t.cudaSuccess:
        raise SystemExit(f"CUDA says {status.name}: is there an NVIDIA GPU with a driver?")
    return values[0] if values else None


def run(feeds):
    check(cuda.cudaSetDevice(0))
    runtime = trt.Runtime(trt.Logger(trt.Logger.WARNING))
    engine = runtime.deserialize_cuda_engine((HERE / "${file}").read_bytes())
    if engine is None:
        raise SystemExit("The plan does not fit this GPU, this driver or this version of the runtime.")
    context = engine.create_execution_context()
    # Inputs first: the sizes of outputs may follow from them.
    arrays = {name: np.ascontiguousarray(feeds[name]) for name in INPUTS}
    for name, array in arrays.items():
        context.set_input_shape(name, array.shape)
    results = {name: np.empty(tuple(context.get_tensor_shape(name)), trt.nptype(engine.get_tensor_dtype(name))) for name in OUTPUTS}
    device = {name: check(cuda.cudaMalloc(max(array.nbytes, 1))) for name, array in {**arrays, **results}.items()}
    stream = check(cuda.cudaStreamCreate())
    for name, address in device.items():
        context.set_tensor_address(name, address)
    for name, array in arrays.items():
        check(cuda.cudaMemcpy(device[name], array.ctypes.data, array.nbytes, cuda.cudaMemcpyKind.cudaMemcpyHostToDevice))
    if not context.execute_async_v3(stream):
        raise SystemExit("The runtime could not start the plan.")
    check(cuda.cudaStreamSynchronize(stream))
    for name, array in results.items():
        check(cuda.cudaMemcpy(array.ctypes.data, device[name], array.nbytes, cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost))
    for address in device.values():
        check(cuda.cudaFree(address))
    return results`;
}
