import { parseCaller } from '../../telephony/phone.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import { Subaccounts } from './subaccounts.js';

/** What a number can do. */
export type NumberService = 'voice' | 'sms' | 'mms';

/** A number that the simulated account rents. Digits only, as everywhere in Plivo's JSON. */
export interface SimulatedNumber {
  number: string;
  alias?: string;
  subaccount?: string;
  /** Default: voice only. */
  services?: readonly NumberService[];
}

export interface RentedNumber {
  number: string;
  alias: string;
  subaccount: string | null;
  services: readonly NumberService[];
  appId: string | null;
}

/** Where a call's webhooks go. An empty answer URL is one that cannot be reached. */
export interface CallUrls {
  answerUrl: string;
  answerMethod: WebhookMethod;
  fallbackUrl: string | null;
  fallbackMethod: WebhookMethod;
  hangupUrl: string | null;
  hangupMethod: WebhookMethod;
}

/** Where a number's messages go; null where nowhere. */
export interface MessageUrl {
  messageUrl: string | null;
  messageMethod: WebhookMethod;
}

export interface Application extends CallUrls, MessageUrl {
  appId: string;
  appName: string;
  subaccount: string | null;
}

/** Fictional numbers in two countries. */
export const DEMO_NUMBERS: readonly SimulatedNumber[] = [
  { number: '14155550100', alias: 'demo 1', services: ['voice', 'sms', 'mms'] },
  { number: '14155550101', alias: 'demo 2', services: ['voice', 'sms', 'mms'] },
  { number: '14155550102', alias: 'demo 3', services: ['voice', 'sms', 'mms'] },
  { number: '442079460001', alias: 'demo 4', services: ['voice', 'sms'] },
  { number: '442079460002', alias: 'demo 5', services: ['voice', 'sms'] },
];

/** MMS is there in North America alone. */
export function servicesOf(number: string): readonly NumberService[] {
  return number.startsWith('1') ? ['voice', 'sms', 'mms'] : ['voice', 'sms'];
}

/** Where a number leads, as the control names it. */
export const DESTINATIONS = ['here', 'elsewhere', 'nowhere'] as const;
export type Destination = (typeof DESTINATIONS)[number];

const ELSEWHERE = 'hotline';
const HOTLINE = {
  appName: ELSEWHERE,
  answerUrl: 'https://hotline.example/answer',
  hangupUrl: null,
  messageUrl: null,
};
/** Always the same: a number that was listed before a reset still names it. */
const HOME_APP_ID = '10000000000000000';
const FIRST_APP_ID = 10_000_000_000_000_001n;

/** The simulated account: what it rents and where its calls go. */
export class Account {
  readonly numbers = new Map<string, RentedNumber>();
  readonly applications = new Map<string, Application>();
  readonly subaccounts: Subaccounts;
  private nextAppId = FIRST_APP_ID;

  constructor(
    private readonly rented: readonly SimulatedNumber[],
    private readonly defaults: { answerUrl: string; hangupUrl: string; messageUrl: string },
    subaccountTokens: Readonly<Record<string, string>> = {},
  ) {
    this.subaccounts = new Subaccounts(subaccountTokens);
    this.reset();
  }

  /** With whose credentials what belongs to this subaccount is reached: null for the account's own, which are those of names that are no subaccount here, too. */
  keeperOf(subaccount: string | null): string | null {
    return subaccount === null ? null : (this.subaccounts.get(subaccount)?.authId ?? null);
  }

  reset(): void {
    this.subaccounts.reset();
    this.applications.clear();
    const home = { appId: HOME_APP_ID, appName: 'masking', ...this.home(), subaccount: null };
    this.applications.set(HOME_APP_ID, home);
    this.numbers.clear();
    for (const { number, alias = '', subaccount = null, services } of this.rented) {
      this.numbers.set(number, { number, alias, subaccount, services: services ?? ['voice'], appId: HOME_APP_ID });
    }
  }

  /** Rents one more number, which leads to the service. One that is rented already stays as it is. */
  rent(number: string): RentedNumber {
    const rented: RentedNumber = this.numbers.get(number) ?? {
      number,
      alias: '',
      subaccount: null,
      services: servicesOf(number),
      appId: HOME_APP_ID,
    };
    this.numbers.set(number, rented);
    return rented;
  }

  /** The rented number that `text` writes, with or without a plus sign. */
  find(text: string): RentedNumber | null {
    return this.numbers.get(parseCaller(text) ?? '') ?? null;
  }

  urlsFor(number: RentedNumber): CallUrls {
    return this.applications.get(number.appId ?? '') ?? this.home();
  }

  /** Where this number's messages go; null where nobody is told of them. */
  messagesOf(number: RentedNumber): { url: string; method: WebhookMethod } | null {
    const { messageUrl: url, messageMethod: method } = this.applications.get(number.appId ?? '') ?? this.home();
    return url === null ? null : { url, method };
  }

  /** The defaults have changed, and with them where the first application leads. */
  followDefaults(): void {
    const application = this.applications.get(HOME_APP_ID);
    if (application !== undefined) Object.assign(application, this.home());
  }

  /** Gives a number the service's application, one that is somebody else's, or none. */
  lead(number: RentedNumber, destination: Destination): void {
    if (destination === 'here') number.appId = HOME_APP_ID;
    else if (destination === 'nowhere') number.appId = null;
    else number.appId = this.elsewhere().appId;
  }

  private elsewhere(): Application {
    const there = [...this.applications.values()].find(({ appName }) => appName === ELSEWHERE);
    return there ?? this.addApplication({ ...this.home(), ...HOTLINE, subaccount: null });
  }

  private home(): CallUrls & MessageUrl {
    const { answerUrl, hangupUrl, messageUrl } = this.defaults;
    return {
      answerUrl,
      answerMethod: 'POST',
      fallbackUrl: null,
      fallbackMethod: 'POST',
      hangupUrl: hangupUrl === '' ? null : hangupUrl,
      hangupMethod: 'POST',
      messageUrl: messageUrl === '' ? null : messageUrl,
      messageMethod: 'POST',
    };
  }

  addApplication(facts: Omit<Application, 'appId'>): Application {
    const application = { ...facts, appId: String(this.nextAppId++) };
    this.applications.set(application.appId, application);
    return application;
  }

  removeApplication(appId: string): void {
    this.applications.delete(appId);
    for (const number of this.numbers.values()) if (number.appId === appId) number.appId = null;
  }
}
