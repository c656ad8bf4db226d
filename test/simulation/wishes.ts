import type { ModelSession, Role } from './model.js';
import { callingCode } from './lending-rules.js';
import { givenSpelling, isOnePhone } from './phones.js';
import type { World } from './world.js';

/** A request's body. */
export type Body = Record<string, unknown>;

/** Few, so that they meet again on other numbers. */
const PINS = Array.from({ length: 30 }, (_, index) => String(4100 + index * 7));
const KINDS = [
  ['plain', 46],
  ['pin', 13],
  ['forced', 10],
  ['open', 14],
  ['single-pin', 10],
  ['single-forced', 3],
  ['single-both', 4],
] as const;
type Kind = (typeof KINDS)[number][0];

const IS_PIN_ON = new Set<Kind>(['pin', 'forced', 'single-pin', 'single-forced']);
const HAS_ONE_PARTY = new Set<Kind>(['open', 'single-pin', 'single-forced']);

/** What customers ask for. */
export class Wishes {
  private files = 0;

  constructor(private readonly world: Pick<World, 'chance' | 'phones'>) {}

  newSession(): Body {
    const { chance } = this.world;
    const kind = chance.weighted(KINDS);
    const [first, second] = this.twoPhones();
    const missing = HAS_ONE_PARTY.has(kind) ? chance.pick(['first', 'second'] as const) : null;
    const isPinOn = IS_PIN_ON.has(kind);
    return {
      ...(missing === 'first' ? {} : { first_party: `+${first}` }),
      ...(missing === 'second' ? {} : { second_party: `+${second}` }),
      ...(missing !== null || kind === 'single-both' ? { create_session_with_single_party: true } : {}),
      ...(isPinOn ? this.pinSettings(kind, missing) : {}),
      ...(!isPinOn && chance.is(0.25) ? { unknown_caller_play: this.file('unknown') } : {}),
      ...(chance.is(0.15) ? { virtual_number_cooloff_period: chance.between(1, 120) } : {}),
      ...(chance.is(isRented(missing === 'first' ? second : first) ? 0.3 : 0.97) ? { geomatch: false } : {}),
      ...(missing === null && chance.is(0.25) ? { initiate_call_to_first_party: true } : {}),
      ...this.limits(),
    };
  }

  renewal(parties: ModelSession['parties']): Body {
    const { chance } = this.world;
    return {
      first_party: givenSpelling(parties.first ?? '', chance),
      second_party: givenSpelling(parties.second ?? '', chance),
      ...(chance.is(0.5) ? { initiate_call_to_first_party: true } : {}),
      ...(chance.is(0.2) ? { unknown_caller_play: this.file('unknown') } : {}),
      ...(chance.is(0.5) ? this.limits() : {}),
    };
  }

  /** Names a party only where the reference lets it be changed. */
  change(session: ModelSession, role: Role): Body {
    const { chance, phones } = this.world;
    const isMove = session.isSingle && chance.is(0.6);
    const own = session.parties[role];
    const party = isMove ? chance.pick(phones.parties) : own !== null && chance.is(0.2) ? own : null;
    return {
      ...(party === null ? {} : { [`${role}_party`]: givenSpelling(party, chance) }),
      ...(chance.is(0.5) ? this.limits() : {}),
    };
  }

  private twoPhones(): [string, string] {
    const { chance, phones } = this.world;
    const first = chance.pick(phones.parties);
    const second = chance.pick(phones.parties.filter((party) => !isOnePhone(party, first)));
    return [givenSpelling(first, chance), givenSpelling(second, chance)];
  }

  private pinSettings(kind: Kind, missing: Role | null): Body {
    const { chance } = this.world;
    const isGenerated = chance.is(0.2);
    const isForced = kind === 'forced' || kind === 'single-forced';
    const first = chance.pick(PINS);
    const second = chance.pick(PINS.filter((pin) => pin !== first));
    const isGiven = (role: Role): boolean => missing === null || isForced || missing === role || chance.is(0.3);
    return {
      is_pin_authentication_required: true,
      pin_prompt_play: this.file('prompt'),
      pin_retry: chance.between(0, 3),
      ...(chance.is(0.5) ? { incorrect_pin_play: this.file('wrong') } : {}),
      ...(isForced ? { force_pin_authentication: true } : {}),
      // Long, so that no two are ever equal: what is drawn from a cryptographic source must not change the run.
      ...(isGenerated
        ? { generate_pin: true, generate_pin_length: 14 }
        : {
            ...(isGiven('first') ? { first_party_pin: first } : {}),
            ...(isGiven('second') ? { second_party_pin: second } : {}),
          }),
    };
  }

  private limits(): Body {
    const { chance } = this.world;
    return {
      session_expiry: chance.weighted([
        [chance.between(60, 600), 6],
        [chance.between(600, 3600), 3],
        [86_400, 1],
      ]),
      call_time_limit: chance.between(60, 300),
      ring_timeout: chance.between(1, 90),
      ...(chance.is(0.25) ? { first_party_play_url: this.file('first') } : {}),
      ...(chance.is(0.25) ? { second_party_play_url: this.file('second') } : {}),
    };
  }

  private file(what: string): string {
    this.files += 1;
    return `https://files.example/${what}-${this.files}.mp3`;
  }
}

/** Whether numbers of its country are lent. */
function isRented(party: string): boolean {
  return ['1', '44'].includes(callingCode(party));
}
