/** One demand of the protocol and whether a server meets it. */
export interface ConformanceResult {
  /** Section of the specification and what it demands. */
  readonly demand: string;
  /** What was found instead; absent when the demand is met. */
  readonly failure?: string;
}

/** What came back. */
interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (probe: Probe) => Promise<void>;

const datatypes = /^(BOOL|UINT8|UINT16|UINT32|UINT64|INT8|INT16|INT32|INT64|FP16|FP32|FP64|BYTES)$/;

/**
 * Asks a running server for what the Open Inference Protocol, version 2, demands over REST: health, metadata, inference and their errors
 * (https://github.com/kserve/open-inference-protocol, specification/protocol/inference_rest.md, read 2026-11), and of the extension
 * `model_repository` (https://github.com/triton-inference-server/server, docs/protocol/extension_model_repository.md) its index when the server says that it has it. The
 * requests are made from the model's own metadata, so that any server's model of one two-dimensional number tensor can be checked.
 * @param url of the server, `http://127.0.0.1:8080`
 * @param model to check
 * @param headers sent with every request, such as a key
 */
export async function checkConformance(
  url: string,
  model: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly ConformanceResult[]> {
  return run(checks, new Probe(url, model, headers));
}

/**
 * What the extension `model_repository` demands of loading and unloading, asked of a model of the repository that is not loaded, and is not afterwards.
 * The protocol's other demands are `checkConformance`'s.
 */
export async function checkLoading(
  url: string,
  model: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly ConformanceResult[]> {
  return run(loadChecks, new Probe(url, model, headers));
}

async function run(checks: Readonly<Record<string, Check>>, probe: Probe): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const [demand, check] of Object.entries(checks)) {
    try {
      await check(probe);
      results.push({ demand });
    } catch (error) {
      results.push({ demand, failure: error instanceof Error ? error.message : String(error) });
    }
  }
  return results;
}

/** Requests to one server, and what they are made of. */
class Probe {
  readonly model: string;
  readonly name: string;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, model: string, headers: Readonly<Record<string, string>>) {
    this.name = model;
    this.model = `/v2/models/${encodeURIComponent(model)}`;
    this.#url = url.replace(/\/$/, '');
    this.#headers = headers;
  }

  async get(path: string): Promise<Reply> {
    return this.#reply(await fetch(`${this.#url}${path}`, { headers: this.#headers }));
  }

  async post(path: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { ...this.#headers, 'content-type': 'application/json', ...more };
    return this.#reply(await fetch(`${this.#url}${path}`, { method: 'POST', headers, body: text }));
  }

  async #reply(response: Response): Promise<Reply> {
    const text = await response.text();
    let body: unknown = text;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      // a reply that is no JSON is judged by whoever asked
    }
    return { status: response.status, type: response.headers.get('content-type') ?? '', body };
  }

  /** The model's metadata. */
  async metadata(): Promise<Fields> {
    return fields(succeeded(await this.get(this.model)), 'metadata');
  }

  /** A request of so many rows for the model's inputs, with small numbers. */
  async request(rows: number): Promise<Fields & { readonly inputs: readonly Fields[] }> {
    const { inputs } = await this.metadata();
    const tensors = list(inputs, 'inputs').map((input) => {
      const { name, datatype, shape } = fields(input, 'an input');
      const sizes = list(shape, 'shape').map((size) => (size === -1 ? rows : Number(size)));
      const count = sizes.reduce((product, size) => product * size, 1);
      const data = Array.from({ length: count }, (_, i) => (datatype === 'BYTES' ? String(i % 7) : i % 7));
      return { name, datatype, shape: sizes, data };
    });
    return { inputs: tensors };
  }
}

/** Only for a model that may be taken away: it is loaded, loaded again and unloaded. */
const loadChecks: Readonly<Record<string, Check>> = {
  'Model Repository: a model of the index is loaded, answers, is loaded again, and is unloaded': async (probe) => {
    const entries = async (body: object) =>
      list(succeeded(await probe.post('/v2/repository/index', body)), 'the index').map((entry) =>
        fields(entry, 'an entry'),
      );
    const own = async (body: object) => (await entries(body)).filter(({ name }) => name === probe.name);
    const repository = `/v2/repository/models/${encodeURIComponent(probe.name)}`;
    same((await own({}))[0]?.state === undefined, false, 'that the index lists it before it is loaded');
    for (const body of ['', { parameters: {} }]) {
      succeeded(await probe.post(`${repository}/load`, body));
      succeeded(await probe.get(`${probe.model}/ready`));
      const [entry] = await own({ ready: true });
      same(entry?.state, 'READY', 'the state when it is loaded');
      if (entry?.version !== undefined) isText(entry.version, 'the version');
      same(typeof entry?.reason, 'string', 'the type of the reason');
      succeeded(await probe.post(`${probe.model}/infer`, await probe.request(1)));
    }
    succeeded(await probe.post(`${repository}/unload`, { parameters: { unload_dependents: false } }));
    failed(await probe.get(`${probe.model}/ready`));
    same(await own({ ready: true }), [], 'what is ready of it when it is unloaded');
    same((await own({}))[0]?.state === 'READY', false, 'that it is ready when it is unloaded');
    failed(await probe.post(`${repository}/unload`, ''));
  },
};

const checks: Readonly<Record<string, Check>> = {
  'Server Live: GET v2/health/live is 200': async (probe) => void succeeded(await probe.get('/v2/health/live')),
  'Server Ready: GET v2/health/ready is 200': async (probe) => void succeeded(await probe.get('/v2/health/ready')),
  'Server Metadata: name and version are text, extensions a list of texts': async (probe) => {
    const { name, version, extensions } = fields(succeeded(await probe.get('/v2')), 'server metadata');
    isText(name, 'name');
    isText(version, 'version');
    for (const extension of list(extensions, 'extensions')) isText(extension, 'an extension');
  },
  'Server Metadata: v2/ is v2': async (probe) => {
    same(succeeded(await probe.get('/v2/')), succeeded(await probe.get('/v2')), 'v2/ and v2');
  },
  'Model Metadata: name, platform, and inputs and outputs with name, datatype and shape': async (probe) => {
    const { name, platform, inputs, outputs } = await probe.metadata();
    isText(name, 'name');
    same(name, probe.name, 'the name');
    isText(platform, 'platform');
    for (const tensor of [...list(inputs, 'inputs'), ...list(outputs, 'outputs')]) isTensor(fields(tensor, 'a tensor'));
  },
  'Model Metadata: every version that is listed answers at its own address': async (probe) => {
    const { name, versions = [] } = await probe.metadata();
    for (const version of list(versions, 'versions')) {
      isText(version, 'a version');
      const path = `${probe.model}/versions/${encodeURIComponent(String(version))}`;
      same(fields(succeeded(await probe.get(path)), path).name, name, 'the name');
      succeeded(await probe.get(`${path}/ready`));
      const reply = fields(succeeded(await probe.post(`${path}/infer`, await probe.request(1))), 'inference');
      same(reply.model_version, version, 'model_version');
    }
  },
  'Model Metadata: a model that is not there is an error with a text': async (probe) => {
    failed(await probe.get('/v2/models/there-is-no-such-model'));
    failed(await probe.get(`${probe.model}/versions/there-is-no-such-version`));
  },
  'Model Ready: 200 with name and ready, for this model': async (probe) => {
    const { name, ready } = fields(succeeded(await probe.get(`${probe.model}/ready`)), 'ready');
    same([name, ready], [(await probe.metadata()).name, true], 'name and ready');
  },
  'Model Ready: no 200 for a model that is not there': async (probe) => {
    failed(await probe.get('/v2/models/there-is-no-such-model/ready'));
  },
  'Inference: model_name, and an output of the stated datatype and shape for each of the metadata': async (probe) => {
    const { name, outputs } = await probe.metadata();
    const reply = fields(succeeded(await probe.post(`${probe.model}/infer`, await probe.request(3))), 'inference');
    same(reply.model_name, name, 'model_name');
    const found = list(reply.outputs, 'outputs').map((output) => fields(output, 'an output'));
    const stated = list(outputs, 'outputs').map((output) => fields(output, 'an output'));
    same(
      found.map((output) => [output.name, output.datatype]),
      stated.map((output) => [output.name, output.datatype]),
      'names and datatypes of the outputs',
    );
    for (const output of found) {
      isTensor(output);
      const count = (output.shape as readonly number[]).reduce((product, size) => product * size, 1);
      same(list(output.data, 'data').flat(9).length, count, 'the number of elements');
    }
  },
  'Inference: the id comes back, and is absent when none was sent': async (probe) => {
    const request = await probe.request(1);
    const reply = await probe.post(`${probe.model}/infer`, { ...request, id: 'request-42' });
    same(fields(succeeded(reply), 'inference').id, 'request-42', 'id');
    const { id } = fields(succeeded(await probe.post(`${probe.model}/infer`, request)), 'inference');
    if (id !== undefined && id !== '') throw new Error(`an id came back though none was sent: ${JSON.stringify(id)}`);
  },
  'Inference: only the outputs that are asked for, in their order': async (probe) => {
    const stated = list((await probe.metadata()).outputs, 'outputs').map((output) => fields(output, 'an output').name);
    const names = stated.slice(0, 2).reverse();
    const request = { ...(await probe.request(1)), outputs: names.map((name) => ({ name })) };
    const reply = fields(succeeded(await probe.post(`${probe.model}/infer`, request)), 'inference');
    same(
      list(reply.outputs, 'outputs').map((output) => fields(output, 'an output').name),
      names,
      'the outputs',
    );
  },
  'Inference: parameters are taken': async (probe) => {
    const request = await probe.request(1);
    const inputs = request.inputs.map((input) => ({ ...input, parameters: { note: 'x', level: 1, on: true } }));
    succeeded(await probe.post(`${probe.model}/infer`, { inputs, parameters: { sequence_id: 7 } }));
  },
  'Inference: an output may have parameters': async (probe) => {
    const [first] = list((await probe.metadata()).outputs, 'outputs');
    const { name } = fields(first, 'an output');
    const request = { ...(await probe.request(1)), outputs: [{ name, parameters: { note: 'x' } }] };
    succeeded(await probe.post(`${probe.model}/infer`, request));
  },
  'Extensions: binary tensor data that are not stated are refused, not misread': async (probe) => {
    const { extensions } = fields(succeeded(await probe.get('/v2')), 'server metadata');
    if (list(extensions, 'extensions').includes('binary_tensor_data')) return;
    const { inputs } = await probe.request(1);
    const binary = inputs.map(({ data: _, ...input }) => ({ ...input, parameters: { binary_data_size: 8 } }));
    failed(await probe.post(`${probe.model}/infer`, { inputs: binary }));
    const json = JSON.stringify({ inputs: binary });
    const headers = { 'inference-header-content-length': String(json.length) };
    failed(await probe.post(`${probe.model}/infer`, `${json}\0\0\0\0\0\0\0\0`, headers));
  },
  'Tensor Data: nested as the shape says is the same as one list': async (probe) => {
    const request = await probe.request(3);
    const inputs = request.inputs.map((input) => ({ ...input, data: nested(input) }));
    const flat = fields(succeeded(await probe.post(`${probe.model}/infer`, request)), 'inference');
    const deep = fields(succeeded(await probe.post(`${probe.model}/infer`, { inputs })), 'inference');
    same(deep.outputs, flat.outputs, 'the outputs');
  },
  'Inference: what cannot be used is an error with a text': async (probe) => {
    const { inputs } = await probe.request(1);
    const [input = {}] = inputs;
    const bad: readonly unknown[] = [
      '{"inputs": [',
      [],
      {},
      { inputs: [] },
      { inputs: {} },
      { inputs, id: 42 },
      { inputs, parameters: 'x' },
      { inputs, outputs: 'x' },
      { inputs: [{ ...input, name: undefined }] },
      { inputs: [{ ...input, datatype: undefined }] },
      { inputs: [{ ...input, shape: undefined }] },
      { inputs: [{ ...input, data: undefined }] },
      { inputs: [{ ...input, parameters: 'x' }] },
      { inputs: [{ ...input, name: 'there-is-no-such-input' }] },
      { inputs: [{ ...input, datatype: 'FLOAT' }] },
      { inputs: [{ ...input, shape: [7, 7, 7, 7] }] },
      { inputs: [{ ...input, shape: [-1] }] },
      { inputs: [{ ...input, data: [] }] },
      { inputs: [{ ...input, data: 'x' }] },
      { inputs: [{ ...input, data: list(input.data, 'data').map(() => ({})) }] },
      { inputs, outputs: [{ name: 'there-is-no-such-output' }] },
    ];
    for (const body of bad) failed(await probe.post(`${probe.model}/infer`, body), JSON.stringify(body).slice(0, 80));
    failed(await probe.post('/v2/models/there-is-no-such-model/infer', { inputs }));
  },
  'Errors: an address that is not there': async (probe) => failed(await probe.get('/v2/there-is-nothing')),
  'Model Repository (when stated): the index lists the model as ready': async (probe) => {
    const { extensions } = fields(succeeded(await probe.get('/v2')), 'server metadata');
    if (!list(extensions, 'extensions').includes('model_repository')) return;
    const { name } = await probe.metadata();
    for (const body of ['', { ready: true }]) {
      const index = list(succeeded(await probe.post('/v2/repository/index', body)), 'the index');
      const entries = index.map((entry) => fields(entry, 'an entry'));
      const own = entries.find((entry) => entry.name === name);
      same(own?.state, 'READY', 'the state of the model');
      if (body !== '')
        same(
          entries.every(({ state }) => state === 'READY'),
          true,
          'that all are ready',
        );
    }
    failed(await probe.post('/v2/repository/models/there-is-no-such-model/load', ''));
    failed(await probe.post('/v2/repository/models/there-is-no-such-model/unload', ''));
  },
};

function succeeded({ status, type, body }: Reply): unknown {
  if (status !== 200) throw new Error(`status ${status}: ${JSON.stringify(body)?.slice(0, 200)}`);
  if (body !== undefined && !type.startsWith('application/json')) throw new Error(`content type ${type}`);
  return body;
}

/** An error: 4xx with `{"error": "…"}`. */
function failed({ status, body }: Reply, of = ''): void {
  if (status < 400 || status >= 500) throw new Error(`status ${status}, expected one of 4xx ${of}`);
  const { error } = fields(body, `the body of an error ${of}`);
  isText(error, `"error" ${of}`);
}

function fields(value: unknown, what: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Fields;
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${what} is no list`);
  return value;
}

function isText(value: unknown, what: string): void {
  if (typeof value !== 'string' || value === '') throw new Error(`${what} is no text`);
}

function isTensor({ name, datatype, shape }: Fields): void {
  isText(name, 'the name of a tensor');
  if (!datatypes.test(String(datatype))) throw new Error(`tensor ${String(name)} has the datatype ${String(datatype)}`);
  if (list(shape, 'shape').some((size) => !Number.isInteger(size))) throw new Error(`shape of ${String(name)}`);
}

function same(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: found ${left?.slice(0, 200)}, expected ${right?.slice(0, 200)}`);
}

function nested({ shape, data }: Fields): readonly unknown[] {
  const [n = 0, p] = shape as readonly number[];
  if (p === undefined) return data as readonly unknown[];
  return Array.from({ length: n }, (_, r) => (data as readonly unknown[]).slice(r * p, (r + 1) * p));
}
