import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { invocationsOf } from '../../test/serving/invocations.js';
import { buildApp } from '../http/app.js';
import { listen } from '../http/listen.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { LatencyCounts } from './latency-histogram.js';
import { metricsExtension } from './metrics-extension.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };

function appWithMetrics() {
  const models = ModelHost.of('lung', content);
  return { models, app: buildApp({ models, defaultModel: 'lung', extensions: [metricsExtension({ models })] }) };
}

/** One line of the page. */
const shown = (page: string, line: string): string | undefined =>
  page
    .split('\n')
    .find((one) => one.startsWith(`${line} `))
    ?.slice(line.length + 1);

describe('GET /metrics', () => {
  test('requests by address and status, rows by model, errors by code, steps and totals', async () => {
    const { app } = appWithMetrics();
    const { csv } = invocationsOf(app);
    await csv('Age\n60\n61\n62');
    await csv('Age\n60');
    await csv('Age\nold');
    await app.inject('/models/none');
    await app.inject('/models/other');
    await app.inject('/nowhere/1');
    const reply = await app.inject('/metrics');
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const page = reply.body;
    const expected: Readonly<Record<string, string>> = {
      'thoracle_requests_total{method="POST",route="/invocations",status="200"}': '2',
      'thoracle_requests_total{method="POST",route="/invocations",status="422"}': '1',
      'thoracle_requests_total{method="any",route="none",status="404"}': '1',
      'thoracle_rows_total{model="lung",version="recorded-cha"}': '4',
      'thoracle_errors_total{code="PREDICT_NOT_A_NUMBER"}': '1',
      'thoracle_errors_total{code="SERVING_MODEL_NOT_FOUND"}': '2',
      'thoracle_model_info{model="lung",version="recorded-cha",model_id="recorded-chain"}': '1',
      thoracle_requests_in_flight: '1',
      'thoracle_step_duration_seconds_count{step="predict"}': '2',
      'thoracle_request_duration_seconds_count{method="POST",route="/invocations"}': '3',
      'thoracle_request_duration_seconds_bucket{le="+Inf",method="POST",route="/invocations"}': '3',
    };
    for (const [line, value] of Object.entries(expected)) expect(shown(page, line), line).toBe(value);
    expect(page).toContain('# TYPE thoracle_request_duration_seconds histogram');
    expect(page).toContain('process_resident_memory_bytes');
    expect(page).not.toMatch(/nowhere|\/models\/(none|other)/);
    await app.close();
  });

  test('the page shows the version that was swapped in', async () => {
    const { app, models } = appWithMetrics();
    models.add('lung', { ...content, bytes: 1 }, { version: '7', keepOthers: true });
    const page = (await app.inject('/metrics')).body;
    expect(shown(page, 'thoracle_model_info{model="lung",version="7",model_id="recorded-chain"}')).toBe('1');
    expect(shown(page, 'thoracle_model_info{model="lung",version="recorded-cha",model_id="recorded-chain"}')).toBe('0');
    await app.close();
  });

  test('missing and out-of-range inputs by feature, predicted probabilities; a version that is gone leaves the page', async () => {
    const { app, models } = appWithMetrics();
    const reply = await invocationsOf(app).json([{ Age: 60 }, { Age: 1000 }]);
    const answers = reply.json().predictions as readonly { probability: number; imputed: readonly string[] }[];
    const page = (await app.inject('/metrics')).body;
    const labels = 'model="lung",version="recorded-cha"';
    expect(shown(page, `thoracle_inputs_out_of_range_total{${labels},feature="Age"}`)).toBe('1');
    expect(shown(page, `thoracle_inputs_missing_total{${labels},feature="Age"}`)).toBeUndefined();
    for (const feature of answers[0]?.imputed ?? []) {
      expect(shown(page, `thoracle_inputs_missing_total{${labels},feature="${feature}"}`), feature).toBe('2');
    }
    for (const le of [0.1, 0.5, 1]) {
      const expected = answers.filter(({ probability }) => probability <= le).length;
      expect(shown(page, `thoracle_predicted_probability_rows{${labels},le="${le}"}`)).toBe(String(expected));
    }
    const sum = answers.reduce((total, { probability }) => total + probability, 0);
    expect(Number(shown(page, `thoracle_predicted_probability_sum{${labels}}`))).toBeCloseTo(sum, 12);
    models.add('lung', { ...content, bytes: 1 }, { version: '7' });
    expect((await app.inject('/metrics')).body).not.toContain(`thoracle_inputs_missing_total{${labels}`);
    await app.close();
  });

  test('two servers in one process count apart', async () => {
    const [one, two] = [appWithMetrics().app, appWithMetrics().app];
    await invocationsOf(one).csv('Age\n60');
    expect((await two.inject('/metrics')).body).not.toContain('route="/invocations"');
    await one.close();
    await two.close();
  });

  test('a lost connection is no longer in flight and counts as status 0', async () => {
    const models = ModelHost.of('lung', content);
    const app = appOf(content, { extensions: [metricsExtension({ models })] });
    let reached: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    app.get('/slow', async () => {
      reached();
      await new Promise((done) => setTimeout(done, 200));
      return 'late';
    });
    const { url, close } = await listen(app, { port: 0 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'),
    );
    await arrived;
    socket.destroy();
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toContain('thoracle_requests_total{method="GET",route="/slow",status="0"} 1');
    expect(shown(await (await fetch(`${url}/metrics`)).text(), 'thoracle_requests_in_flight')).toBe('1');
    await close();
  });
});

test('a duration on a bound belongs below it; the sum is exact', () => {
  const counts = new LatencyCounts();
  for (const ms of [0.02, 0.021, 20_000]) counts.observe(ms);
  expect([...counts.counts.slice(0, 3)]).toEqual([1, 1, 0]);
  expect(counts.counts.at(-1)).toBe(1);
  expect(counts.sumMs).toBeCloseTo(20_000.041, 9);
});
