import { expect, test } from 'vitest';
import { countersOf, mergePages } from './metrics-page.js';

const page = (requests: number, below: number, lag: number): string => `# HELP thoracle_requests_total Requests
# TYPE thoracle_requests_total counter
thoracle_requests_total{route="/a {b} \\"c\\"",status="200"} ${requests}

# HELP thoracle_request_duration_seconds From headers to the end
# TYPE thoracle_request_duration_seconds histogram
thoracle_request_duration_seconds_bucket{le="0.1",route="/a"} ${below}
thoracle_request_duration_seconds_bucket{le="+Inf",route="/a"} ${requests}
thoracle_request_duration_seconds_sum{route="/a"} 0.5
thoracle_request_duration_seconds_count{route="/a"} ${requests}

# HELP thoracle_model_info 1 for the current version
# TYPE thoracle_model_info gauge
thoracle_model_info{model="lung",version="1"} 1

# HELP thoracle_requests_in_flight Requests
# TYPE thoracle_requests_in_flight gauge
thoracle_requests_in_flight 2

# HELP nodejs_eventloop_lag_p99_seconds Lag
# TYPE nodejs_eventloop_lag_p99_seconds gauge
nodejs_eventloop_lag_p99_seconds ${lag}

# HELP nodejs_eventloop_lag_seconds Lag
# TYPE nodejs_eventloop_lag_seconds gauge
nodejs_eventloop_lag_seconds ${lag}

# HELP thoracle_drift_prediction_psi Index
# TYPE thoracle_drift_prediction_psi gauge
thoracle_drift_prediction_psi ${lag}

# HELP process_start_time_seconds Start
# TYPE process_start_time_seconds gauge
process_start_time_seconds ${1000 - requests}
`;

test('counters, histograms and amounts are added up; lags are the worst or the mean, a start is the first', () => {
  const merged = mergePages([page(3, 1, 0.5), page(4, 4, 0.1), '']).split('\n');
  for (const line of [
    'thoracle_requests_total{route="/a {b} \\"c\\"",status="200"} 7',
    'thoracle_request_duration_seconds_bucket{le="0.1",route="/a"} 5',
    'thoracle_request_duration_seconds_bucket{le="+Inf",route="/a"} 7',
    'thoracle_request_duration_seconds_sum{route="/a"} 1',
    'thoracle_model_info{model="lung",version="1"} 1',
    'thoracle_requests_in_flight 4',
    'nodejs_eventloop_lag_p99_seconds 0.5',
    'nodejs_eventloop_lag_seconds 0.3',
    'thoracle_drift_prediction_psi 0.5',
    'process_start_time_seconds 996',
  ]) {
    expect(merged).toContain(line);
  }
  expect(merged.filter((line) => line.startsWith('# TYPE'))).toHaveLength(8);
});

test('one page stays as it is; series that only one process has are kept', () => {
  expect(mergePages([page(3, 1, 0.5)])).toBe(page(3, 1, 0.5));
  const other = page(1, 1, 0).replaceAll('route="/a"', 'route="/b"');
  expect(mergePages([page(3, 1, 0), other])).toContain('_count{route="/b"} 1');
});

test('of processes that have ended only what was counted stays', () => {
  const counted = countersOf([page(3, 1, 0.5)]);
  expect(counted).toContain('_requests_total{route="/a {b} \\"c\\"",status="200"} 3');
  expect(counted).toContain('_bucket{le="0.1",route="/a"} 1');
  expect(counted).not.toMatch(/gauge|in_flight|lag/);
});

test('values that are no numbers of JSON', () => {
  const odd = '# HELP a x\n# TYPE a gauge\na{k="1"} NaN\na{k="2"} +Inf\na{k="3"} 1e-7\n';
  expect(mergePages([odd.replaceAll('+Inf', 'Infinity')])).toBe(odd);
});
