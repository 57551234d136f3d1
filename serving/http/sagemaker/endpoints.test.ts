import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEndpoints } from './endpoints.js';
import { TrafficSplit } from './traffic.js';

const one = (variant: object, more: object = {}): string =>
  JSON.stringify([
    { EndpointName: 'e', ProductionVariants: [{ VariantName: 'v', ModelName: 'm', ...variant }], ...more },
  ]);

describe('the file of endpoints', () => {
  test('JSON with the least, YAML with everything', async () => {
    expect(await parseEndpoints(one({}), 'e.json')).toEqual([
      { name: 'e', variants: [{ name: 'v', model: 'm', weight: 1 }], shadows: [] },
    ]);
    const text = `
- EndpointName: lung-1
  ProductionVariants:
    - VariantName: a
      ModelName: team/lung.tar.gz
      ModelVersion: "3"
      InitialVariantWeight: 0.5
  ShadowProductionVariants:
    - { VariantName: b, ModelName: other }
`;
    expect(await parseEndpoints(text, 'e.yaml')).toEqual([
      {
        name: 'lung-1',
        variants: [{ name: 'a', model: 'team/lung.tar.gz', version: '3', weight: 0.5 }],
        shadows: [{ name: 'b', model: 'other', weight: 1 }],
      },
    ]);
  });

  test.each<[string, string, RegExp]>([
    ['no YAML', 'a: [', /e\.yaml cannot be used: it is no YAML/],
    ['aliases without end', 'a: &a [1]\nb: *a', /it is no YAML/],
    ['nothing', '', /it is no list/],
    ['an object', '{}', /it is no list/],
    ['an entry that is none', '[1]', /entry 1 is no object/],
    ['no name', '[{}]', /entry 1, EndpointName is no name/],
    ['a bad name', '[{"EndpointName":"a_b"}]', /EndpointName is no name/],
    ['no variants', '[{"EndpointName":"e"}]', /endpoint e, ProductionVariants is no list/],
    ['another key', one({ InstanceType: 'ml.m5.large' }), /ProductionVariants 1 holds something else than VariantName/],
    ['no model', one({ ModelName: '../m' }), /ModelName is no name of a model/],
    ['version a number', one({ ModelVersion: 3 }), /ModelVersion is no text/],
    ['weight', one({ InitialVariantWeight: -1 }), /InitialVariantWeight is no number from 0/],
    ['all weights 0', one({ InitialVariantWeight: 0 }), /no variant with a weight above 0/],
    [
      'a name twice',
      one({}, { ShadowProductionVariants: [{ VariantName: 'v', ModelName: 'm' }] }),
      /endpoint e names v twice/,
    ],
    ['an endpoint twice', `[${one({}).slice(1, -1)},${one({}).slice(1, -1)}]`, /it names e twice/],
  ])('%s', async (_what, text, message) => {
    await expect(parseEndpoints(text, 'e.yaml')).rejects.toThrow(message);
  });
});

describe('traffic', () => {
  test('every share is within one request of its due, at any time', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        weights.filter((list) => list.some((weight) => weight > 0)),
        (list) => {
          const split = new TrafficSplit(list);
          const counts = list.map(() => 0);
          const total = list.reduce((a, b) => a + b, 0);
          for (let n = 1; n <= 100; n++) {
            const chosen = split.next();
            counts[chosen] = (counts[chosen] ?? 0) + 1;
            for (const [i, weight] of list.entries()) {
              expect(Math.abs((counts[i] as number) - (n * weight) / total)).toBeLessThan(list.length);
              if (weight === 0) expect(counts[i]).toBe(0);
            }
          }
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  test('a quarter is every fourth', () => {
    const split = new TrafficSplit([3, 1]);
    expect(Array.from({ length: 8 }, () => split.next()).filter((i) => i === 1)).toHaveLength(2);
  });
});
