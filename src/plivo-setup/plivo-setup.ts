import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationUrls, PlivoClient, PlivoCredentials } from '../plivo/index.js';
import { ProviderBusy, ProviderOutcomeUnknown, ProviderUnavailable } from '../plivo/index.js';
import type { E164 } from '../telephony/phone.js';
import { Memory, type Before } from './memory.js';
import { planSetup, type AtPlivo, type SetupPlan } from './plan-setup.js';

/** One thing done, or left undone with the reason. */
export interface Step {
  what: string;
  /** The number that it is about; null for the application. */
  number: string | null;
  /** Null where it was done. */
  problem: string | null;
}

export interface SetupOptions {
  accountId: string;
  credentials: PlivoCredentials;
  /** Without slash at the end. */
  publicUrl: string;
  urls: ApplicationUrls;
  dataDir: string;
  only: ReadonlySet<string> | null;
  except: ReadonlySet<string>;
}

/** Plivo is asked again after what was lost on the way: each change may be made twice without harm. */
const ATTEMPTS = 4;
const PAUSE_MS = 250;

/**
 * Gives an account's numbers an application that leads here, and puts back what they had. What was there is on the disk before anything is changed, so both
 * can be broken off anywhere and run again.
 */
export class PlivoSetup {
  private readonly memory: Memory;

  constructor(
    private readonly plivo: PlivoClient,
    private readonly options: SetupOptions,
  ) {
    this.memory = new Memory(options.dataDir, options.accountId);
  }

  get memoryFile(): string {
    return this.memory.file;
  }

  async plan(): Promise<SetupPlan> {
    return planSetup(await this.atPlivo(), this.options, this.memory.read());
  }

  /** Does what `plan` says, and then looks whether Plivo has it. */
  async carryOut(plan: SetupPlan): Promise<Step[]> {
    if (plan.isNothingToDo) return [];
    const before = this.remember(plan);
    const steps: Step[] = [];
    const applicationId = await this.giveUrls(plan, before, steps);
    if (applicationId === null) return steps;
    for (const { number, changes } of plan.numbers) {
      if (!changes) continue;
      const problem = await this.repeated(() =>
        this.plivo.giveApplication(this.options.credentials, number, applicationId),
      );
      steps.push({ what: `+${number} has application ${plan.application.name}`, number, problem });
    }
    return this.lookedAfter(
      steps,
      new Map(plan.numbers.filter(({ changes }) => changes).map(({ number }) => [number, applicationId])),
    );
  }

  /** Puts back what was there before the first setup. Null where nothing is remembered. What somebody has changed since stays. */
  async restore({ isDry }: { isDry: boolean }): Promise<Step[] | null> {
    const before = this.memory.read();
    if (before === null) return null;
    const atPlivo = await this.atPlivo();
    const ours = this.ours(before, atPlivo);
    const { steps, back } = wayBack(before, atPlivo, ours);
    if (isDry) return [...steps, ...back.map(({ what }) => done(what)), ...this.lastStep(before, ours)];

    for (const { what, number, beforeId } of back) {
      const { credentials } = this.options;
      const problem = await this.repeated(() => this.plivo.giveApplication(credentials, number, beforeId));
      steps.push({ what, number, problem });
    }
    const looked = await this.lookedAfter(steps, new Map(back.map(({ number, beforeId }) => [number, beforeId])));
    if (looked.every(isDone)) await this.removeOurs(before, ours, looked);
    if (looked.every(isDone)) this.memory.forget();
    return looked;
  }

  private lastStep({ application }: Before, ours: string | null): Step[] {
    return application.isMade && ours !== null ? [done(`application ${application.name} is deleted`)] : [];
  }

  private async removeOurs(before: Before, ours: string | null, steps: Step[]): Promise<void> {
    if (!before.application.isMade || ours === null) return;
    const { numbers } = await this.atPlivo();
    const users = numbers.filter(({ applicationId }) => applicationId === ours);
    const what = `application ${before.application.name} is deleted`;
    if (users.length > 0) {
      const problem = `${users.length} numbers that no setup has changed have it; give them another one first`;
      steps.push({ what, number: null, problem });
      return;
    }
    const { credentials } = this.options;
    steps.push({
      what,
      number: null,
      problem: await this.repeated(() => this.plivo.deleteApplication(credentials, ours)),
    });
  }

  /** A number that has our application already was remembered when it was given it. */
  private remember({ application, numbers }: SetupPlan): Before {
    const known = this.memory.read();
    const isSame =
      known !== null &&
      (application.id === null || known.application.id === null || known.application.id === application.id);
    const before: Before = {
      application:
        isSame && known.application.isMade
          ? { ...known.application, id: application.id }
          : { name: application.name, id: application.id, isMade: application.isMade },
      numbers: { ...known?.numbers },
    };
    for (const { number, beforeId, changes } of numbers) if (changes) before.numbers[number] = beforeId;
    this.memory.write(before);
    return before;
  }

  private async giveUrls({ application }: SetupPlan, before: Before, steps: Step[]): Promise<string | null> {
    const { credentials } = this.options;
    const { id, name, urls, action } = application;
    if (action === 'keep') return id;
    if (action === 'change' && id !== null) {
      const problem = await this.repeated(() => this.plivo.changeApplication(credentials, id, urls));
      steps.push({ what: `application ${name} leads to ${urls.answerUrl}`, number: null, problem });
      return problem === null ? id : null;
    }
    const made = await this.make(name, urls);
    steps.push({
      what: `application ${name} is made, and leads to ${urls.answerUrl}`,
      number: null,
      problem: made.problem,
    });
    if (made.id !== null) this.memory.write({ ...before, application: { name, id: made.id, isMade: true } });
    return made.id;
  }

  /** Made once: where it is not known whether it was, its name tells. */
  private async make(name: string, urls: ApplicationUrls): Promise<{ id: string | null; problem: string | null }> {
    const { credentials } = this.options;
    try {
      return { id: await this.plivo.createApplication(credentials, { name, ...urls }), problem: null };
    } catch (error) {
      if (!(error instanceof ProviderOutcomeUnknown)) return { id: null, problem: messageOf(error) };
      const there = await this.plivo.listApplications(credentials).catch(() => []);
      const id = there.find((application) => application.name === name)?.id ?? null;
      return { id, problem: id === null ? messageOf(error) : null };
    }
  }

  private async atPlivo(): Promise<AtPlivo> {
    const { credentials } = this.options;
    const [numbers, applications] = [
      await this.plivo.listNumbers(credentials),
      await this.plivo.listApplications(credentials),
    ];
    return { numbers, applications };
  }

  /** Id of the application that setup has given; null where Plivo has none such. */
  private ours({ application }: Before, { applications }: AtPlivo): string | null {
    if (application.id !== null) return applications.some(({ id }) => id === application.id) ? application.id : null;
    return applications.find(({ name }) => name === application.name)?.id ?? null;
  }

  /** Plivo accepts a change before it has made it, or takes an empty id for none given: only what it lists afterwards counts. */
  private async lookedAfter(steps: Step[], expected: ReadonlyMap<string, string | null>): Promise<Step[]> {
    if (expected.size === 0) return steps;
    const { numbers } = await this.atPlivo();
    const now = new Map<string, string | null>(numbers.map(({ number, applicationId }) => [number, applicationId]));
    return steps.map((step) => {
      const { number, problem } = step;
      if (problem !== null || number === null || !expected.has(number)) return step;
      return now.get(number) === expected.get(number)
        ? step
        : { ...step, problem: 'Plivo accepted it and lists the number as before' };
    });
  }

  /** Why it could not be done, or null. */
  private async repeated(work: () => Promise<unknown>): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        await work();
        return null;
      } catch (error) {
        const mayWork =
          error instanceof ProviderBusy ||
          error instanceof ProviderUnavailable ||
          error instanceof ProviderOutcomeUnknown;
        if (!mayWork || attempt === ATTEMPTS) return messageOf(error);
        await pause(error instanceof ProviderBusy ? error.retryAfterSeconds * 1000 : PAUSE_MS * attempt);
      }
    }
  }
}

interface WayBack {
  /** What stays as it is, and why. */
  steps: Step[];
  back: { what: string; number: E164; beforeId: string | null }[];
}

function wayBack({ numbers: had }: Before, { numbers, applications }: AtPlivo, ours: string | null): WayBack {
  const names = new Map(applications.map(({ id, name }) => [id, name ?? id]));
  const now = new Map<string, string | null>(numbers.map(({ number, applicationId }) => [number, applicationId]));
  const way: WayBack = { steps: [], back: [] };
  for (const [number, beforeId] of Object.entries(had)) {
    const nameBefore = beforeId === null ? 'no application' : `application ${names.get(beforeId) ?? beforeId}`;
    const what = `+${number} has ${nameBefore}`;
    const current = now.get(number);
    if (current === undefined) way.steps.push(done(`+${number} is not rented any more`));
    else if (current === beforeId) way.steps.push(done(what));
    else if (ours !== null && current === ours) way.back.push({ what, number: number as E164, beforeId });
    else {
      const kept = names.get(current ?? '') ?? 'none';
      way.steps.push(done(`+${number} was given another application since: it keeps ${kept}`));
    }
  }
  return way;
}

function isDone({ problem }: Step): boolean {
  return problem === null;
}

function done(what: string): Step {
  return { what, number: null, problem: null };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
