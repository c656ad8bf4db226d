import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, dayOf } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { DestinationPolicy } from '../telephony/destinations.js';
import { exists, selection } from '../platform/database/rows.js';
import { InvalidRequest, NotFound } from '../platform/errors.js';
import { ACCOUNT_SETTINGS } from './account.entity.js';
import { decimalText, microsOf } from './money.js';
import { ShortLived } from './short-lived.js';
import { DEMO_AUTH_ID } from './demo-account.js';
import { mergedTexts, TEXT_DEFAULTS, type TextSettings, type TextSettingsPatch } from './text-settings.js';
import { beginDayAnew } from './spend.js';
import { requireUnroutedUrl } from './unrouted-url.js';

/** The occasions on which a caller is refused, with a sentence or without. */
export const REFUSAL_KEYS = [
  'stranger',
  'withheld',
  'unreadable',
  'busy',
  'no-other-party',
  'expired',
  'locked',
  'wait',
  'wrong-pin',
  'destination',
  'spend-cap',
  'daily-cap',
  'trouble',
] as const;

export type RefusalKey = (typeof REFUSAL_KEYS)[number];

/** What an account is charged on top of Plivo's prices, in its currency: decimal text with at most six places. */
export interface Rates {
  /** For each session, when it is opened. */
  readonly session_fee: string;
  /** For each minute that Plivo bills, of each leg. */
  readonly minute_fee: string;
  /** For each unit of a text that Plivo has taken to be sent on. */
  readonly message_fee: string;
}

/** How much an account may spend on calls in a UTC day: decimal text; null for no limit. */
export interface SpendLimit {
  readonly daily_spend_cap: string | null;
  /** What a minute of one leg costs at the most; never null beside a cap. */
  readonly max_rate_per_minute: string | null;
  /** What a unit of one text costs at the most; where it is null beside a cap, which an earlier version took, no text is passed on. */
  readonly max_rate_per_message: string | null;
}

/** How much an account may do in a UTC day; 0: any number. */
export interface CountLimits {
  /** Calls to first parties that its sessions may request. */
  readonly daily_requested_calls: number;
  /** Different phones that may be dialled. */
  readonly daily_destinations: number;
}

/** What an operator decides about an account's calls. */
export interface CallSettings extends DestinationPolicy, Rates, SpendLimit, CountLimits, TextSettings {
  /** In which refusals are spoken; such as `en-US`. */
  readonly language: string;
  /** In place of the built-in sentences, which strangers and withheld callers have none of; empty: say nothing, reject the call unanswered. */
  readonly refusals: Readonly<Partial<Record<RefusalKey, string>>>;
  /** Days after which a recording is deleted, here and at Plivo: 1 to 3650. */
  readonly recording_retention_days: number;
  /** Callers whom no session claims are handed on to it, by POST, instead of being refused; null: they are refused. */
  readonly unrouted_url: string | null;
}

/** Settings as calls and sessions are judged by. */
export interface EffectiveSettings extends CallSettings {
  /** Set where the countries are the account's own and it has no number: nothing can be opened, for a plainer reason than where its calls may go. */
  readonly hasNoNumber?: true;
}

/** Where an account's calls may go: ISO 3166 codes; null: every country; `own`: the countries of its virtual numbers, whichever they are then. */
export type AllowedCountries = DestinationPolicy['allowed_countries'] | 'own';

/** Settings as they were decided, before it is looked up which countries are the account's own. */
export interface ChosenSettings extends Omit<CallSettings, 'allowed_countries'> {
  readonly allowed_countries: AllowedCountries;
  /** ISO 3166 code of the country in which operators mean national spellings of numbers; null: that of the account's numbers, if they are all of one. */
  readonly default_country: string | null;
}

/** What is left out stays; a refusal of null goes back to the built-in sentence, a count of null to the installation's. */
export interface CallSettingsPatch extends Partial<Rates & SpendLimit>, TextSettingsPatch {
  language?: string;
  refusals?: Readonly<Partial<Record<RefusalKey, string | null>>>;
  allowed_countries?: AllowedCountries;
  recording_retention_days?: number;
  unrouted_url?: string | null;
  default_country?: string | null;
  daily_requested_calls?: number | null;
  daily_destinations?: number | null;
}

const DEFAULTS: Omit<ChosenSettings, keyof CountLimits> = {
  language: 'en-US',
  refusals: {},
  allowed_countries: null,
  recording_retention_days: 30,
  unrouted_url: null,
  ...TEXT_DEFAULTS,
  default_country: null,
  session_fee: '0',
  minute_fee: '0',
  message_fee: '0',
  daily_spend_cap: null,
  max_rate_per_minute: null,
  max_rate_per_message: null,
};

/** Same as what enters the XML. */
const LANGUAGE = /^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$/;
const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
/** One line that XML can hold, without the characters that XML itself is made of. Joiners and direction marks belong to some scripts. */
const REFUSAL_TEXT = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF"<>]{0,300}$/u;

/** Of a language that there is. Which of them Plivo speaks, only Plivo knows. */
export function isLanguage(tag: unknown): tag is string {
  return typeof tag === 'string' && LANGUAGE.test(tag) && LANGUAGES.of(tag) !== undefined;
}

/** Blank but not empty would be neither a sentence nor silence. */
export function isRefusalText(text: unknown): text is string {
  return typeof text === 'string' && REFUSAL_TEXT.test(text) && (text === '' || /\S/.test(text));
}

/** The countries of an account's virtual numbers; null where it has no number. */
type OwnCountries = (manager: EntityManager, accountId: string) => Promise<readonly string[] | null>;

/** How an account's callers are refused, and where its calls may go. Only what has been set is stored. */
@Injectable()
export class AccountSettings {
  private readonly remembered: ShortLived<EffectiveSettings>;
  private readonly defaults: ChosenSettings;
  private ownCountries: OwnCountries = async () => null;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {
    const { requestedCallsPerDay, destinationsPerDay } = config.accounts;
    this.defaults = {
      ...DEFAULTS,
      daily_requested_calls: requestedCallsPerDay,
      daily_destinations: destinationsPerDay,
    };
    this.remembered = new ShortLived(clock, (accountId) => database.read((manager) => this.within(manager, accountId)));
  }

  /** Asked on every call; may be 5 s behind a change made by another process. */
  of(accountId: string): Promise<EffectiveSettings> {
    return this.remembered.get(accountId);
  }

  /** What the rows say now; the defaults for an account that nobody has set anything for. */
  async read(manager: EntityManager, accountId: string): Promise<ChosenSettings> {
    return { ...this.defaultsOf(accountId), ...(await stored(manager, accountId)) };
  }

  /** The `default_country` of those accounts that have one set, by Auth ID; of one account or of all. */
  async defaultCountries(manager: EntityManager, accountId?: string): Promise<Map<string, string>> {
    const [where, parameters] = accountId === undefined ? ['', []] : ['WHERE account_id = ?', [accountId]];
    const rows = await OF_ACCOUNTS.read(manager, `FROM account_setting ${where}`, parameters);
    return new Map(
      rows.flatMap((row) => {
        const { default_country: country } = JSON.parse(row.value) as Partial<ChosenSettings>;
        return country ? [[row.accountId, country] as const] : [];
      }),
    );
  }

  /**
   * For an account that is being made: where its calls may go is what the installation's settings say on that day. It is kept with the account, so
   * that other defaults of a later day, or of a later version, change nothing for it.
   */
  async begin(tx: Tx, accountId: string): Promise<void> {
    const { countriesOfNew } = this.config.accounts;
    if (countriesOfNew === null || (await stored(tx, accountId)) !== null) return;
    const value = JSON.stringify({ allowed_countries: countriesOfNew } satisfies Partial<ChosenSettings>);
    await ACCOUNT_SETTINGS.insert(tx, { accountId, value, updatedAt: this.clock.now() });
    this.remembered.distrust(accountId);
  }

  /** Names who knows which countries an account's numbers are of. */
  readOwnCountriesBy(ownCountries: OwnCountries): void {
    this.ownCountries = ownCountries;
  }

  /** To be called inside the transaction that changes which numbers an account has: its own countries may be others. */
  numbersChanged(accountId: string): void {
    this.remembered.distrust(accountId);
  }

  /** Answers the settings that hold from the commit on. Refuses an account that does not exist. */
  async change(tx: Tx, accountId: string, patch: CallSettingsPatch): Promise<ChosenSettings> {
    if (typeof patch.unrouted_url === 'string') requireUnroutedUrl(patch.unrouted_url, this.config);
    await this.lock(tx, accountId);
    const before = await stored(tx, accountId);

    const settings = merged(before ?? {}, patch);
    requireRateOfCap(settings);
    requireRateOfTexts({ ...this.defaultsOf(accountId), ...settings }, patch);
    const row = { value: JSON.stringify(settings), updatedAt: this.clock.now() };
    // While there is no rate nothing is booked.
    const { max_rate_per_minute: rate = null } = before ?? {};
    if (rate === null && (settings.max_rate_per_minute ?? null) !== null)
      await beginDayAnew(tx, accountId, dayOf(this.clock.now()));
    if (before === null) await ACCOUNT_SETTINGS.insert(tx, { accountId, ...row });
    else await ACCOUNT_SETTINGS.update(tx, row, 'WHERE account_id = ?', [accountId]);
    this.remembered.distrust(accountId);
    return { ...this.defaultsOf(accountId), ...settings };
  }

  /** Whoever tries it out writes texts at once: no operator is there yet who could allow them. */
  private defaultsOf(accountId: string): ChosenSettings {
    const { provider } = this.config;
    const isDemo = provider.kind === 'simulator' && provider.firstAccount === null && accountId === DEMO_AUTH_ID;
    return isDemo ? { ...this.defaults, texts: 'on' } : this.defaults;
  }

  /** As `of`, for who is in a transaction: one that waited for another connection would wait for itself on SQLite. */
  async within(manager: EntityManager, accountId: string): Promise<EffectiveSettings> {
    const { allowed_countries: chosen, ...settings } = await this.read(manager, accountId);
    if (chosen !== 'own') return { ...settings, allowed_countries: chosen };
    const own = await this.ownCountries(manager, accountId);
    return own ? { ...settings, allowed_countries: own } : { ...settings, allowed_countries: [], hasNoNumber: true };
  }

  /** Two changes at once keep both: each merges into what the other has committed. The row to lock may not be there yet, so the account's is. */
  private async lock(tx: Tx, accountId: string): Promise<void> {
    if (!(await exists(tx, `FROM account WHERE auth_id = ? ${this.database.forUpdate}`, [accountId])))
      throw new NotFound('no account has this auth_id');
  }
}

const STORED = selection(ACCOUNT_SETTINGS.pick(['value']));
const OF_ACCOUNTS = selection(ACCOUNT_SETTINGS.pick(['accountId', 'value']));

async function stored(manager: EntityManager, accountId: string): Promise<Partial<ChosenSettings> | null> {
  const [row] = await STORED.read(manager, 'FROM account_setting WHERE account_id = ?', [accountId]);
  return row ? (JSON.parse(row.value) as Partial<ChosenSettings>) : null;
}

function merged(settings: Partial<ChosenSettings>, patch: CallSettingsPatch): Partial<ChosenSettings> {
  const { language, refusals = {}, allowed_countries: countries, recording_retention_days: days, unrouted_url } = patch;
  const texts = REFUSAL_KEYS.flatMap((key) => {
    const text = refusals[key] === undefined ? settings.refusals?.[key] : refusals[key];
    return typeof text === 'string' ? [[key, text] as const] : [];
  });
  return {
    ...withCounts(settings, patch),
    ...(language !== undefined && { language }),
    refusals: Object.fromEntries(texts),
    ...(countries !== undefined && { allowed_countries: inOrder(countries) }),
    ...(days !== undefined && { recording_retention_days: days }),
    ...(unrouted_url !== undefined && { unrouted_url }),
    ...mergedTexts(settings, patch),
    ...(patch.default_country !== undefined && { default_country: patch.default_country }),
    ...moneyOf(patch),
  };
}

function withCounts(settings: Partial<ChosenSettings>, patch: CallSettingsPatch): Partial<ChosenSettings> {
  const { daily_requested_calls: calls, daily_destinations: destinations, ...others } = settings;
  const kept = { daily_requested_calls: calls, daily_destinations: destinations };
  const names = ['daily_requested_calls', 'daily_destinations'] as const;
  const counts = names.flatMap((name) => {
    const count = patch[name] === undefined ? kept[name] : patch[name];
    return typeof count === 'number' ? [[name, count] as const] : [];
  });
  return { ...others, ...Object.fromEntries(counts) };
}

function inOrder(countries: AllowedCountries): AllowedCountries {
  return countries === null || countries === 'own' ? countries : [...new Set(countries)].sort();
}

/** In the plainest spelling of each amount. */
function moneyOf(patch: CallSettingsPatch): Partial<Rates & SpendLimit> {
  const names = [
    'session_fee',
    'minute_fee',
    'message_fee',
    'daily_spend_cap',
    'max_rate_per_minute',
    'max_rate_per_message',
  ] as const;
  const given = names.flatMap((name) => {
    const text = patch[name];
    return text === undefined ? [] : [[name, text === null ? null : decimalText(microsOf(text))] as const];
  });
  return Object.fromEntries(given);
}

function requireRateOfCap({
  daily_spend_cap: cap = null,
  max_rate_per_minute: rate = null,
}: Partial<SpendLimit>): void {
  if (cap !== null && (rate === null || microsOf(rate) === 0))
    throw new InvalidRequest(
      'max_rate_per_minute: expected the highest price of a minute beside daily_spend_cap, without which nobody knows what the longest call may cost',
      { param: 'max_rate_per_minute' },
    );
}

/** Asked of who changes one of them: what an earlier version took stays as it is, and texts are refused as `no-rate` there. */
function requireRateOfTexts(
  { texts, daily_spend_cap: cap, max_rate_per_message: rate }: ChosenSettings,
  patch: CallSettingsPatch,
): void {
  const isAsked = (['texts', 'daily_spend_cap', 'max_rate_per_message'] as const).some((name) => name in patch);
  if (isAsked && texts === 'on' && cap !== null && (rate === null || microsOf(rate) === 0))
    throw new InvalidRequest(
      'max_rate_per_message: expected the highest price of a unit of a text beside daily_spend_cap while texts are on, without which every text is refused',
      { param: 'max_rate_per_message' },
    );
}
