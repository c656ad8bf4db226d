import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../platform/logging/logger.js';
import { CHECK_NAMES, examine, type CheckName, type CheckResult } from './examine.js';
import { Patient } from './patient.js';

/** What may be wrong around a process that runs and serves, and does not show in its answers. Looked at from the start on, and told. */
const WATCHED: readonly CheckName[] = [
  'disk',
  'database-settings',
  'public-url',
  'clock',
  'plivo-credentials',
  'signature',
  'recordings',
];
const AGAIN_MS = 10 * 60_000;
/** Who looks at the page that shows them asks every few seconds; Plivo and the own address need not be asked each time. */
const FRESH_MS = 15_000;
/** A person waits for all of them; Plivo's client gives up after 5 s. */
const ALL_LIMIT_MS = 7_000;
/** Others may be slow to answer: the start does not wait longer for them. */
const START_LIMIT_MS = 5_000;

/** The checks of `masking doctor`, made by a process that serves: at its start and every ten minutes those that go on around it, all of them when they are asked for. */
@Injectable()
export class Examination implements OnModuleDestroy {
  /** Of the watched checks, as last looked at. */
  private watched: CheckResult[] = [];
  private latest: { at: number; results: Promise<CheckResult[]> } | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly patient: Patient,
    private readonly log: Log,
  ) {}

  /** All checks; at most a quarter of a minute old. */
  all(): Promise<CheckResult[]> {
    const now = performance.now();
    if (this.latest === null || now - this.latest.at > FRESH_MS)
      this.latest = { at: now, results: examine(this.patient, CHECK_NAMES, ALL_LIMIT_MS) };
    return this.latest.results;
  }

  /** What was found when the watched checks were last made; nothing before the first time. */
  get lastWatched(): readonly CheckResult[] {
    return this.watched;
  }

  /** From the start on. Resolves with what is wrong then, or after five seconds with what is known by then. */
  async watch(): Promise<CheckResult[]> {
    this.schedule();
    await Promise.race([this.lookAround(), new Promise((resolve) => setTimeout(resolve, START_LIMIT_MS).unref())]);
    return this.watched.filter(isTrouble);
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private schedule(): void {
    this.timer ??= setInterval(() => void this.lookAround(), AGAIN_MS).unref();
  }

  private async lookAround(): Promise<void> {
    const before = this.watched;
    this.watched = await examine(this.patient, WATCHED);
    for (const { name, verdict, found, remedy } of this.watched.filter(isTrouble))
      if (!before.some((known) => known.name === name && known.verdict === verdict))
        this.log.warn('doctor.found', { check: name, verdict, found, remedy });
    for (const { name } of before.filter(isTrouble))
      if (!this.watched.some((known) => known.name === name && isTrouble(known)))
        this.log.info('doctor.mended', { check: name });
  }
}

function isTrouble({ verdict }: CheckResult): boolean {
  return verdict === 'warning' || verdict === 'failed';
}
