import { type LoadedModel, modelOf, placeOfVersion, readRegistry } from '../../../serving/index.js';
import { loadBeside } from '../../../training/bundle/folder.js';
import { cardMarkdown, modelCard } from '../../../training/index.js';
import { parseReportData, type ReportData } from '../../../training/report/index.js';
import { StudioError, studioErrors } from '../errors.js';
import type { ModelReportReply, OnlyModelReply } from '../replies/runs-reply.js';
import { reportCurves } from './report-curves.js';

/**
 * The curves of a version: read below the registry's folder, at a name and a version that its file has.
 * @throws ServingError SERVING_UNKNOWN_VERSION; StudioError STUDIO_NO_REGISTRY, STUDIO_NO_REPORT, STUDIO_BAD_REPORT
 */
export async function versionReport(
  root: string | undefined,
  name: string,
  version: string,
): Promise<ModelReportReply> {
  if (root === undefined) throw new StudioError('STUDIO_NO_REGISTRY', studioErrors.STUDIO_NO_REGISTRY());
  const content = (await readRegistry(root)) ?? { formatVersion: 1, models: {} };
  const { versions } = modelOf(content, name, version);
  const modelId = versions.find((one) => one.version === version)?.modelId ?? '';
  const what = `version "${version}" of model "${name}"`;
  const report = await reportOf(placeOfVersion(root, name, version), modelId, what);
  if (report === undefined) throw new StudioError('STUDIO_NO_REPORT', studioErrors.STUDIO_NO_REPORT(what));
  return reportCurves(report);
}

/** The curves of the one model that a server without a registry has. @throws StudioError STUDIO_NO_REPORT, STUDIO_BAD_REPORT */
export async function onlyReport({ manifest, source, name }: LoadedModel): Promise<ModelReportReply> {
  const what = `model "${name}"`;
  const report = source === undefined ? undefined : await reportOf(source, manifest.modelId, what);
  if (report === undefined) throw new StudioError('STUDIO_NO_REPORT', studioErrors.STUDIO_NO_REPORT(what));
  return reportCurves(report);
}

/** Manifest, card and checklist of the one model. @throws StudioError STUDIO_BAD_REPORT */
export async function onlyModel({ manifest, source, name }: LoadedModel): Promise<OnlyModelReply> {
  const beside = source === undefined ? {} : await loadBeside(source);
  const report = source === undefined ? undefined : parsed(beside, manifest.modelId, `model "${name}"`);
  const card = modelCard(manifest, report);
  const { metrics, baseline, warnings, recipe, task, modelId, trainedOn, lineage } = manifest;
  return {
    name,
    manifest: { metrics, baseline, warnings, recipe, task, modelId, trainedOn, lineage },
    card: beside['model-card.md'] ?? cardMarkdown(card),
    checklist: card.tripod,
  };
}

async function reportOf(place: string, modelId: string, what: string): Promise<ReportData | undefined> {
  return parsed(await loadBeside(place), modelId, what);
}

/** A report of another model is none of this one. */
function parsed(beside: Readonly<Record<string, string>>, modelId: string, what: string): ReportData | undefined {
  const text = beside['report.json'];
  if (text === undefined) return undefined;
  try {
    const report = parseReportData(text, 'report.json');
    return report.modelId === modelId ? report : undefined;
  } catch (error) {
    const { message } = error as Error;
    throw new StudioError('STUDIO_BAD_REPORT', studioErrors.STUDIO_BAD_REPORT(what, message), { cause: error });
  }
}
