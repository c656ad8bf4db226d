import { Injectable, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import { Counts, Histograms, Levels, type FamilyOptions } from './series.js';
import { buildCommit, packageVersion } from './version.js';

/** Gauges that call themselves totals, which are counters: promtool complains of them, and what they count is counted by their namesakes by type. */
const NAMED_WRONGLY = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * What Prometheus reads. One registry for each application, so that two in one process (tests) do not collide. Whoever is scraped reads its memory: what needs
 * the database is looked at in the background (`health/take-figures.ts`).
 */
@Injectable()
export class Metrics implements OnModuleInit {
  readonly registry = new Registry();

  constructor() {
    const what = ['version', 'commit', 'node'] as const;
    this.levels({ name: 'masking_build_info', help: 'Always 1; the labels tell what runs.', labels: what }).set(
      1,
      packageVersion(),
      buildCommit() ?? 'unknown',
      process.version,
    );
  }

  /** Not where it is made: it watches garbage collection and the event loop from then on, for as long as the process lives. */
  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    for (const name of NAMED_WRONGLY) this.registry.removeSingleMetric(name);
  }

  counts(options: FamilyOptions): Counts {
    return this.added(new Counts(options));
  }

  /** In seconds. */
  histograms(options: FamilyOptions & { limits: readonly number[] }): Histograms {
    return this.added(new Histograms(options));
  }

  levels(options: FamilyOptions): Levels {
    return this.added(new Levels(options));
  }

  /** The registry asks for no more than a name and `get`. */
  private added<Family extends Counts | Histograms | Levels>(family: Family): Family {
    this.registry.registerMetric(family as unknown as Metric);
    return family;
  }
}
