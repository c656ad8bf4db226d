import { createHash } from 'node:crypto';
import { leadOf, textLeadOf } from '../number-pool/index.js';
import type { ApplicationUrls, PlivoApplication, PlivoNumber } from '../plivo/index.js';
import { parseUrl } from '../platform/parse-url.js';
import type { E164 } from '../telephony/phone.js';
import type { Before } from './memory.js';

/** What Plivo has now. */
export interface AtPlivo {
  numbers: readonly PlivoNumber[];
  applications: readonly PlivoApplication[];
}

interface Wish {
  accountId: string;
  publicUrl: string;
  urls: ApplicationUrls;
  /** The numbers to be set up, of those that Plivo lists; null for all. */
  only: ReadonlySet<string> | null;
  /** Numbers that are not to be touched. */
  except: ReadonlySet<string>;
}

export interface NumberStep {
  number: E164;
  before: PlivoApplication | null;
  /** Id of what it has now, also where Plivo does not show that application. */
  beforeId: string | null;
  /** Whether it is given our application. */
  changes: boolean;
  /** Where its texts go once that is done. */
  texts: 'here' | 'elsewhere' | 'nowhere';
}

export interface SetupPlan {
  application: {
    name: string;
    /** Null until it is made. */
    id: string | null;
    action: 'make' | 'change' | 'keep';
    isMade: boolean;
    before: PlivoApplication | null;
    urls: ApplicationUrls;
  };
  numbers: NumberStep[];
  isNothingToDo: boolean;
}

/**
 * What is to be done so that the numbers lead here. Our own application is changed where it has other URLs, and only if a setup has made it: one that
 * somebody else has made is used as it is when it leads here, and left alone when it does not, for another installation may live by it. Texts are brought here
 * by what a setup has made, unless somebody has since given it a message URL of another kind.
 */
export function planSetup(atPlivo: AtPlivo, wish: Wish, memory: Before | null): SetupPlan {
  const byId = new Map(atPlivo.applications.map((application) => [application.id, application]));
  const application = applicationOf(atPlivo.applications, wish, memory);
  const numbers = atPlivo.numbers
    .filter(({ number, hasVoice }) => hasVoice && !wish.except.has(number) && (wish.only?.has(number) ?? true))
    .map(({ number, subaccount, applicationId }) => {
      const before = byId.get(applicationId ?? '') ?? null;
      const bases = [wish.accountId, ...(subaccount === null ? [] : [subaccount])].map(
        (id) => `${wish.publicUrl}/plivo/${id}`,
      );
      const isOurs = applicationId !== null && applicationId === application.id;
      const changes = !isOurs && (before === null || leadOf(before, bases) !== 'here');
      const texts = textLeadOf(isOurs || changes ? afterwards(application) : (before ?? undefined), bases);
      return { number, before, beforeId: applicationId, changes, texts };
    });
  const isNothingToDo = application.action !== 'change' && numbers.every(({ changes }) => !changes);
  return { application, numbers, isNothingToDo };
}

function applicationOf(
  applications: readonly PlivoApplication[],
  wish: Wish,
  memory: Before | null,
): SetupPlan['application'] {
  const bases = [`${wish.publicUrl}/plivo/${wish.accountId}`];
  const leadsHere = (each: PlivoApplication): boolean => leadOf(each, bases) === 'here';
  const remembered = memory && applications.find(({ id, name }) => isRemembered(memory, id, name));
  if (memory && remembered) {
    const { isMade } = memory.application;
    const messageUrl = isTextsToOther(remembered, wish) ? null : wish.urls.messageUrl;
    const urls = { ...wish.urls, messageUrl };
    const found = { name: memory.application.name, id: remembered.id, isMade, before: remembered, urls };
    const bringsTexts = messageUrl === null || textLeadOf(remembered, bases) === 'here';
    if (leadsHere(remembered) && (bringsTexts || !isMade)) return { ...found, action: 'keep' };
    if (isMade) return { ...found, action: 'change' };
  }
  const { urls } = wish;
  const there = applications.find(leadsHere);
  if (there) return { name: there.name ?? there.id, id: there.id, action: 'keep', isMade: false, before: there, urls };
  return { name: freeName(applications, wish.publicUrl), id: null, action: 'make', isMade: true, before: null, urls };
}

/** It has a message URL that no setup has given it, here or at a former address. */
function isTextsToOther({ messageUrl }: PlivoApplication, { accountId }: Wish): boolean {
  return messageUrl !== null && !(parseUrl(messageUrl)?.pathname ?? '').endsWith(`/plivo/${accountId}/message`);
}

/** Its message URL once the plan is carried out. */
function afterwards({
  action,
  before,
  urls,
}: SetupPlan['application']): Pick<PlivoApplication, 'messageUrl' | 'messageMethod'> {
  const isLeft = action === 'keep' || urls.messageUrl === null;
  return isLeft && before !== null ? before : { messageUrl: urls.messageUrl, messageMethod: 'POST' };
}

/** One that was to be made may have been, by a process that was killed before it knew. */
function isRemembered({ application }: Before, id: string, name: string | null): boolean {
  return application.id === null ? application.isMade && name === application.name : id === application.id;
}

/** Names tell installations that share an account apart. */
function freeName(applications: readonly PlivoApplication[], publicUrl: string): string {
  const name = `masking-${createHash('sha256').update(publicUrl).digest('hex').slice(0, 8)}`;
  const taken = new Set(applications.map((application) => application.name));
  let free = name;
  for (let next = 2; taken.has(free); next++) free = `${name}-${next}`;
  return free;
}
