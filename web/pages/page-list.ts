import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';

/** One page of the studio. Its code is loaded when it is first looked at. */
export interface PageEntry {
  /** Below `/studio`; `:name` stands for one part. */
  readonly path: string;
  /** In the navigation and the window's title. */
  readonly title: string;
  /** What a person needs to be allowed to see it. */
  readonly scope: 'predict' | 'read' | 'admin';
  readonly page: ComponentType;
}

/** The pages, in the order of the navigation. */
export const pages: readonly PageEntry[] = [
  {
    path: '/studio/cohort',
    title: 'Cohort',
    scope: 'read',
    page: lazy(async () => (await import('./cohort/cohort-page.js')).CohortPage),
  },
  {
    path: '/studio/store',
    title: 'Feature store',
    scope: 'read',
    page: lazy(async () => (await import('./store/store-page.js')).StorePage),
  },
  {
    path: '/studio/patient',
    title: 'Patient',
    scope: 'read',
    page: lazy(async () => (await import('./patient/patient-page.js')).PatientPage),
  },
  {
    path: '/studio/runs',
    title: 'Runs and models',
    scope: 'read',
    page: lazy(async () => (await import('./runs/runs-page.js')).RunsPage),
  },
  {
    path: '/studio/predict',
    title: 'Predict',
    scope: 'predict',
    page: lazy(async () => (await import('./predict/predict-page.js')).PredictPage),
  },
  {
    path: '/studio/jobs',
    title: 'Jobs',
    scope: 'read',
    page: lazy(async () => (await import('./jobs/jobs-page.js')).JobsPage),
  },
];
