import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadBundle, type ManifestDraft, saveBundle, sealBundle } from './folder.js';

const place = mkdtempSync(join(tmpdir(), 'thoracle-bundle-'));
afterAll(() => rmSync(place, { recursive: true }));
let made = 0;
const newFolder = () => join(place, `model-${++made}`);

const booster = {
  learner: { trees: [{ base_weights: [1, 0.25, -0, 1e21], left_children: [1, -1] }] },
  version: [3, 2, 0],
};
const draft: ManifestDraft = {
  task: { kind: 'status' },
  recipe: 'default',
  columns: [
    { group: 'genomic', version: 1, feature: 'VIM', role: 'feature', unit: '1' },
    { group: 'clinical', version: 2, feature: 'PackYears', role: 'feature', unit: '{pack}.a' },
  ],
  ranges: [[0, 4], null],
  members: [
    {
      name: 'all',
      weight: 1,
      steps: [
        { kind: 'log1p', at: [0] },
        { kind: 'impute', values: [1, 2] },
        { kind: 'scale', mean: [0, 0], scale: [1, 2] },
        { kind: 'pca', inputs: 2, components: [[0.6, 0.8]], explainedVarianceRatio: [0.97] },
      ],
      inputs: ['PC1'],
      model: { kind: 'booster', json: booster },
    },
  ],
  answer: { kind: 'probability', slope: 1, intercept: 0 },
  riskGroups: null,
  chosen: { rounds: 3 },
  threshold: 0.5,
  trainedOn: { datasetDigest: 'd', patients: 60, events: 21, modalities: ['genomic', 'clinical'], seed: 0 },
  metrics: { rocAuc: { value: 0.6, low: 0.5, high: 0.7 } },
  baseline: { rocAuc: { value: 0.5, low: 0.5, high: 0.5 } },
  warnings: ['Small sample.'],
  lineage: {
    groups: [{ name: 'genomic', version: 1, settingsDigest: 's' }],
    thoracleVersion: '0',
    xgboostVersion: '3.2.0',
  },
};
const withBooster = (json: unknown): ManifestDraft => ({
  ...draft,
  members: draft.members.map((member) => ({ ...member, model: { kind: 'booster', json } })),
});
const bundle = sealBundle(draft);
const counts = { edges: [0.5], counts: [40, 18], missing: 2 };
const twelve = { edges: Array.from({ length: 12 }, (_, k) => k), counts: new Array<number>(13).fill(1), missing: 0 };

async function saved(): Promise<string> {
  const folder = newFolder();
  await saveBundle(folder, bundle);
  return folder;
}

async function changed(change: (manifest: Record<string, unknown>) => void): Promise<string> {
  const folder = await saved();
  const file = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
  return folder;
}

const inMember = (change: object) => (manifest: Record<string, unknown>) => {
  Object.assign((manifest.members as object[])[0] as object, change);
};

describe('a saved bundle', () => {
  test('comes back as it was', async () => {
    expect(await loadBundle(await saved())).toEqual(bundle);
  });

  test('comes back with the distribution of its training, which is part of its hash', async () => {
    const told = sealBundle({ ...draft, reference: { columns: [counts, counts], risk: counts } });
    const folder = newFolder();
    await saveBundle(folder, told);
    expect(await loadBundle(folder)).toEqual(told);
    expect(told.manifest.modelId).not.toBe(bundle.manifest.modelId);
  });

  test('of several models comes back too, a file for each booster', async () => {
    const [first] = draft.members;
    const linear = { kind: 'linear', intercept: 0.5, coefficients: [2] } as const;
    const members = [draft.members[0], { ...first, name: 'line', model: linear }, { ...first, name: 'second' }];
    const ensemble = sealBundle({ ...draft, members: members as ManifestDraft['members'] });
    const folder = newFolder();
    await saveBundle(folder, ensemble);
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'model-2.json', 'model.json']);
    expect(await loadBundle(folder)).toEqual(ensemble);
    writeFileSync(join(folder, 'model-2.json'), '{}');
    await expect(loadBundle(folder)).rejects.toThrow('model-2.json has the hash');
  });

  test('has the same bytes every time, whatever the order of the keys', async () => {
    const other = sealBundle(Object.fromEntries(Object.entries(draft).reverse()) as unknown as ManifestDraft);
    const [a, b] = [await saved(), newFolder()];
    await saveBundle(b, other);
    for (const name of ['manifest.json', 'model.json']) {
      expect(readFileSync(join(a, name), 'utf8')).toBe(readFileSync(join(b, name), 'utf8'));
    }
  });

  test('writes floats as floats and integers as integers, as XGBoost reads them', async () => {
    const text = readFileSync(join(await saved(), 'model.json'), 'utf8');
    expect(text).toBe(
      '{"learner":{"trees":[{"base_weights":[1E0,0.25,-0E0,1e+21],"left_children":[1,-1]}]},"version":[3,2,0]}',
    );
  });

  test('the id follows the content', () => {
    expect(sealBundle(draft).manifest.modelId).toBe(bundle.manifest.modelId);
    expect(sealBundle({ ...draft, threshold: 0.4 }).manifest.modelId).not.toBe(bundle.manifest.modelId);
    expect(sealBundle(withBooster({ ...booster, version: [3] })).manifest.modelId).not.toBe(bundle.manifest.modelId);
  });

  test('replaces what an earlier training wrote, its report included, and leaves nothing beside it', async () => {
    const folder = await saved();
    writeFileSync(join(folder, 'report.html'), 'of the old model');
    await saveBundle(folder, sealBundle({ ...draft, threshold: 0.4 }), { 'train.json': 'new' });
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'model.json', 'train.json']);
    expect((await loadBundle(folder)).manifest.threshold).toBe(0.4);
    expect(readdirSync(place).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a folder that cannot be written', () => {
  test('a foreign file is not deleted', async () => {
    const folder = await saved();
    writeFileSync(join(folder, 'thesis.docx'), 'years');
    await expect(saveBundle(folder, bundle)).rejects.toThrow('is no model of ours (it holds thesis.docx)');
    expect(existsSync(join(folder, 'thesis.docx'))).toBe(true);
  });

  test('a folder without a manifest, and a file, are refused', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'report.html'), '');
    await expect(saveBundle(folder, bundle)).rejects.toThrow('it holds no manifest.json');
    await expect(saveBundle(join(folder, 'report.html'), bundle)).rejects.toThrow('it holds a file, not a folder');
    await expect(saveBundle(join(folder, 'report.html', 'x'), bundle)).rejects.toMatchObject({
      code: 'TRAIN_BUNDLE_UNWRITABLE',
    });
  });

  test('an empty folder is filled', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    await saveBundle(folder, bundle);
    expect(await loadBundle(folder)).toEqual(bundle);
  });

  test('a number JSON cannot hold is refused instead of becoming null', () => {
    expect(() => sealBundle({ ...draft, threshold: Number.NaN })).toThrow('"threshold" is NaN');
  });
});

describe('a folder that cannot be read', () => {
  test('no folder, no JSON', async () => {
    await expect(loadBundle(join(place, 'none'))).rejects.toMatchObject({
      code: 'TRAIN_BUNDLE_UNREADABLE',
      message: expect.stringMatching(/manifest\.json cannot be read: there is no such file or folder$/),
    });
    const folder = await saved();
    writeFileSync(join(folder, 'manifest.json'), '{"formatVersion": 1,');
    await expect(loadBundle(folder)).rejects.toThrow('The model file manifest.json cannot be read: it is no JSON');
  });

  test('a changed booster or manifest', async () => {
    const folder = await saved();
    writeFileSync(join(folder, 'model.json'), '{"learner":{}}');
    await expect(loadBundle(folder)).rejects.toThrow(
      'The model was changed after it was written: model.json has the hash',
    );
    const touched = await changed((m) => {
      m.threshold = 0.1;
    });
    await expect(loadBundle(touched)).rejects.toThrow('manifest.json has the hash');
  });

  test.each<[string, (m: Record<string, unknown>) => void, string]>([
    [
      'version',
      (m) => Object.assign(m, { formatVersion: 1 }),
      'The model has format version 1; this program reads version 2',
    ],
    ['unknown member', (m) => Object.assign(m, { author: 'x' }), 'manifest.author is "x"; expected no such member'],
    ['missing member', (m) => Reflect.deleteProperty(m, 'members'), 'manifest.members is missing; expected a list'],
    ['no models', (m) => Object.assign(m, { members: [] }), 'manifest.members is a list of 0; expected one or more'],
    ['unknown step', inMember({ steps: [{ kind: 'tsne' }] }), 'manifest.members[0].steps[0].kind is "tsne"'],
    ['width', inMember({ inputs: ['a', 'b'] }), 'manifest.members[0].inputs is a list of 2; expected a list of 1'],
    ['position', inMember({ steps: [{ kind: 'log1p', at: [7] }] }), 'manifest.members[0].steps[0].at is 7'],
    ['zero scale', inMember({ steps: [{ kind: 'scale', mean: [0, 0], scale: [1, 0] }] }), 'scale[1] is 0'],
    [
      'a file elsewhere',
      inMember({ model: { kind: 'booster', file: '../model.json', sha256: '0'.repeat(64) } }),
      'manifest.members[0].model.file is "../model.json"',
    ],
    [
      'coefficients',
      inMember({ model: { kind: 'linear', intercept: 0, coefficients: [1, 2] } }),
      'model.coefficients is a list of 2; expected a list of 1',
    ],
    [
      'a curve that goes back',
      (m) =>
        Object.assign(m, {
          answer: { kind: 'hazard', slope: 1, intercept: 0, baseline: { timeDays: [1, 2], cumulative: [0.2, 0.1] } },
        }),
      'manifest.answer.baseline.cumulative[1] is 0.1; expected 0.2 or more',
    ],
    ['answer', (m) => Object.assign(m, { answer: { kind: 'rank' } }), 'manifest.answer.kind is "rank"'],
    ['groups', (m) => Object.assign(m, { riskGroups: { cuts: [0], names: ['low'] } }), 'names is a list of 1'],
    ['type', (m) => Object.assign(m, { threshold: 'half' }), 'manifest.threshold is "half"; expected a number from 0'],
    [
      'a reference of other columns',
      (m) => Object.assign(m, { reference: { columns: [counts], risk: counts } }),
      'manifest.reference.columns is a list of 1; expected a list of 2',
    ],
    [
      'a reference with too few counts',
      (m) => Object.assign(m, { reference: { columns: [counts, { ...counts, counts: [1] }], risk: counts } }),
      'manifest.reference.columns[1].counts is a list of 1; expected a list of 2',
    ],
    [
      'a reference with too many edges',
      (m) => Object.assign(m, { reference: { columns: [counts, counts], risk: twelve } }),
      'manifest.reference.risk.edges is a list of 12; expected a list of at most 9',
    ],
    [
      'not an object',
      (m) => Object.assign(m, { trainedOn: [] }),
      'manifest.trainedOn is a list of 0; expected an object',
    ],
  ])('%s', async (_name, change, message) => {
    await expect(loadBundle(await changed(change))).rejects.toThrow(message);
  });
});
