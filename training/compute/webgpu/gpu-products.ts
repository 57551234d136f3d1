import { chunkColumns, productKernel, tileSize } from './product-kernel.js';

/** A device with the product kernel compiled, and the matrices kept on it. */
export class GpuProducts {
  readonly #kept = new Map<number, GPUBuffer>();

  private constructor(
    /** Held because the native side is freed with it, whatever else is still in use. */
    readonly gpu: GPU,
    private readonly device: GPUDevice,
    private readonly pipeline: GPUComputePipeline,
    readonly description: string,
  ) {}

  /** @throws Error saying why there is no GPU */
  static async open(): Promise<GpuProducts> {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    const gpu = create([]);
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) throw new Error('no graphics driver for WebGPU was found on this machine');
    const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
    const device = await adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
    const module = device.createShaderModule({ code: productKernel });
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    const { vendor, architecture, device: model, description } = adapter.info;
    return new GpuProducts(
      gpu,
      device,
      pipeline,
      [vendor, architecture, description || model].filter(Boolean).join(' '),
    );
  }

  upload(id: number, values: Float32Array): void {
    const most = Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
    if (values.byteLength > most) {
      throw new Error(`a matrix of ${values.byteLength} bytes is more than the ${most} that the device takes at once`);
    }
    const buffer = this.#storage(values.byteLength);
    this.device.queue.writeBuffer(buffer, 0, values.slice());
    this.#kept.set(id, buffer);
  }

  drop(id: number): void {
    this.#kept.get(id)?.destroy();
    this.#kept.delete(id);
  }

  /** A B' of kept matrices; waits until it is in `out`, shape (m x n). */
  async product(a: number, b: number, m: number, n: number, k: number, out: Float32Array): Promise<void> {
    this.device.pushErrorScope('validation');
    this.device.pushErrorScope('out-of-memory');
    const result = this.#storage(m * n * 4);
    const commands = this.device.createCommandEncoder();
    const uniforms: GPUBuffer[] = [];
    for (let from = 0; from < k; from += chunkColumns) {
      const sizes = Uint32Array.of(m, n, k, from, Math.min(k, from + chunkColumns));
      const uniform = this.device.createBuffer({ size: 32, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
      this.device.queue.writeBuffer(uniform, 0, sizes);
      uniforms.push(uniform);
      this.#dispatch(commands, [uniform, this.#matrix(a), this.#matrix(b), result], m, n);
    }
    const reading = this.device.createBuffer({
      size: m * n * 4,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    commands.copyBufferToBuffer(result, 0, reading, 0, m * n * 4);
    this.device.queue.submit([commands.finish()]);
    const memory = await this.device.popErrorScope();
    const validation = await this.device.popErrorScope();
    const error = memory ?? validation;
    if (error !== null) throw new Error(error.message);
    await reading.mapAsync(GPUMapMode.READ);
    out.set(new Float32Array(reading.getMappedRange()));
    for (const buffer of [...uniforms, result, reading]) buffer.destroy();
  }

  close(): void {
    this.device.destroy();
  }

  #dispatch(commands: GPUCommandEncoder, buffers: readonly GPUBuffer[], m: number, n: number): void {
    const pass = commands.beginComputePass();
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(
      0,
      this.device.createBindGroup({
        layout: this.pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(Math.ceil(n / tileSize), Math.ceil(m / tileSize));
    pass.end();
  }

  #storage(size: number): GPUBuffer {
    const { STORAGE, COPY_DST, COPY_SRC } = GPUBufferUsage;
    return this.device.createBuffer({ size, usage: STORAGE | COPY_DST | COPY_SRC });
  }

  #matrix(id: number): GPUBuffer {
    const buffer = this.#kept.get(id);
    if (buffer === undefined) throw new Error(`matrix ${id} is not on the device`);
    return buffer;
  }
}
