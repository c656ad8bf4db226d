import { duration } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import type { Behaviour, Session, TextOutcome } from './answers.ts';
import { Refused } from './ask.ts';
import type { Request } from './curl.ts';
import { NUMBERS, PINS, SESSION_BODY, SPELLINGS, WITHHELD, bodyOf, freshPeople, type Role } from './people.ts';
import { secondsLeft, type Scene, type Send } from './scene.ts';
import { tryOptOut, tryText, writeRequest, type TextTrial } from './text-deeds.ts';
import { callerOf, isTalking, numberAt, ringingRole } from './story.ts';

const { tries } = texts.inspector;
const MOST_SESSIONS = 12;
const FIVE_MINUTES = 300;
/** Long enough to look around in, short enough to wait for. */
export const OUTAGE_SECONDS = 20;
/** Never fetched: the caption names it. */
const PROMPT = 'https://files.example/please-type-your-pin.mp3';

export const PIN_BODY = {
  ...SESSION_BODY,
  is_pin_authentication_required: true,
  first_party_pin: PINS.first,
  second_party_pin: PINS.second,
  pin_prompt_play: PROMPT,
  pin_retry: 3,
  pin_retry_wait: 10,
};
/** Numbers of the first party's country are lent otherwise, and the demo has none there. */
export const SPELLED_BODY = { ...SESSION_BODY, first_party: `+${SPELLINGS.registered}`, geomatch: false };

/** Everything that can be done on the page, by mouse, by key or from a terminal: each is requests to this service. */
export class Deeds {
  private typing = Promise.resolve(true);

  constructor(private readonly scene: Scene) {}

  create = (): Promise<boolean> =>
    this.scene.do(texts.phones.guide.actions.create, async (send) => {
      const list: Request = { method: 'GET', path: `${this.scene.sessionPath()}?limit=20` };
      const people = freshPeople((await send<{ response: { objects: Session[] } }>(list)).response.objects);
      this.scene.follow(await this.openWithTexts(send, bodyOf(people)), people);
      return null;
    });

  /** At the phone of the first party unless another is named. */
  write = (
    role: Role = 'first',
    text: string = texts.phones.message.sample,
    pictures: readonly string[] = [],
  ): Promise<boolean> =>
    this.scene.do(texts.phones.message.write, async (send) => {
      await send(writeRequest(this.scene, role, text, pictures));
      return null;
    });

  texted = (role: Role, state: TextOutcome): Promise<boolean> =>
    this.scene.do(texts.phones.message.outcome, async (send) => {
      await send({ method: 'PUT', path: `/simulator/control/texts/${this.scene.get().people[role]}`, body: { state } });
      return null;
    });

  tryText = (trial: TextTrial): Promise<boolean> => tryText(this.scene, trial);

  optOut = (): Promise<boolean> => tryOptOut(this.scene);

  /** From the first phone unless another is named. */
  call = (role: Role = 'first', isWithheld = false): Promise<boolean> =>
    this.scene.do(texts.phones.phone.call, async (send) => {
      const to = this.session().virtual_number;
      this.scene.withhold(isWithheld ? role : null);
      const from = isWithheld ? WITHHELD : `+${this.scene.get().people[role]}`;
      await send(this.post('/simulator/control/calls', { from, to }));
      return null;
    });

  /** On the phone that rings, whichever it is, unless one is named. */
  answer = (role = ringingRole(this.scene.get())): Promise<boolean> => this.atPhone(role, 'answer');

  decline = (role = ringingRole(this.scene.get())): Promise<boolean> => this.atPhone(role, 'decline');

  hangUp = (role = this.talkingRole()): Promise<boolean> => this.atPhone(role, 'hangup');

  /** One key after the other, however fast they come. */
  press = (role: Role, digits: string): Promise<boolean> =>
    (this.typing = this.typing.then(() => this.atPhone(role, 'digits', { digits })));

  behave = (role: Role, behaviour: Behaviour): Promise<boolean> =>
    this.scene.do(texts.phones.phone.behaviour, async (send) => {
      await send({ method: 'PUT', path: this.phonePath(role), body: { behaviour } });
      return null;
    });

  again = (): Promise<boolean> =>
    this.scene.do(texts.phones.guide.actions.again, async (send) => {
      await this.endSession(send);
      this.scene.follow(null);
      return null;
    });

  expire = (): Promise<boolean> =>
    this.scene.do(tries.expire.name, async (send) => {
      this.session();
      const seconds = (secondsLeft(this.scene.get()) ?? 0) + 1;
      await send(this.advance(seconds));
      return tries.expire.done(duration(seconds));
    });

  letPass = (): Promise<boolean> =>
    this.scene.do(tries.pass.name, async (send) => {
      await send(this.advance(FIVE_MINUTES));
      return tries.pass.done;
    });

  loseWebhook = (): Promise<boolean> =>
    this.scene.do(tries.lose.name, async (send) => {
      await send(this.post('/simulator/control/faults', { lose_once: ['hangup'] }));
      return tries.lose.done;
    });

  /** With a call in the middle of it, so that there is something to see. */
  databaseAway = (): Promise<boolean> =>
    this.scene.do(tries.database.name, async (send) => {
      const to = this.session().virtual_number;
      await send(this.post('/simulator/control/database-away', { seconds: OUTAGE_SECONDS }));
      await send(this.post('/simulator/control/calls', { from: `+${this.scene.get().people.first}`, to }));
      return tries.database.done;
    });

  usePool = (): Promise<boolean> =>
    this.scene.do(tries.pool.name, async (send) => {
      const made: string[] = [];
      let refusal: string | null = null;
      while (refusal === null && made.length < MOST_SESSIONS) {
        const body = {
          ...bodyOf(this.scene.get().people),
          second_party: `+4420794608${String(made.length).padStart(2, '0')}`,
        };
        try {
          made.push((await send<Session>(this.post(this.scene.sessionPath(), body))).session_uuid);
        } catch (error) {
          if (!(error instanceof Refused) || error.status !== 400) throw error;
          refusal = error.message;
        }
      }
      for (const uuid of made) await send({ method: 'DELETE', path: this.scene.sessionPath(uuid) });
      return tries.pool.done(made.length, refusal ?? '');
    });

  spellings = (): Promise<boolean> =>
    this.scene.do(tries.spellings.name, async (send) => {
      await this.endSession(send);
      const session = await this.openSession(send, SPELLED_BODY);
      this.scene.follow(session, { ...NUMBERS, first: SPELLINGS.shown });
      const from = `+${SPELLINGS.shown}`;
      await send(this.post('/simulator/control/calls', { from, to: session.virtual_number }));
      return tries.spellings.done;
    });

  pinSession = (): Promise<boolean> =>
    this.scene.do(tries.pin.name, async (send) => {
      await this.endSession(send);
      this.scene.follow(await this.openSession(send, PIN_BODY));
      return tries.pin.done;
    });

  private atPhone(role: Role | null, action: 'answer' | 'decline' | 'hangup' | 'digits', body?: unknown) {
    const names = { answer: 'answer', decline: 'decline', hangup: 'hangUp', digits: 'keypad' } as const;
    if (role === null) return Promise.resolve(false);
    return this.scene.do(texts.phones.phone[names[action]], async (send) => {
      await send(this.post(`${this.phonePath(role)}/${action}`, body));
      return null;
    });
  }

  private talkingRole(): Role | null {
    const state = this.scene.get();
    if (state.call === null || state.call.status === 'ended') return null;
    // The one who was called, so that both ways of ending are seen; before the answer only the caller can.
    return (isTalking(state) ? calleeOf(state) : null) ?? callerOf(state);
  }

  /** A session of an earlier visit would be renewed, with the PINs and calls that it had: it is ended, and a new one made. */
  private async openSession(send: Send, body: unknown, isOnlyTried = false): Promise<Session> {
    const made = await send<Session>(this.post(this.scene.sessionPath(), body), isOnlyTried);
    if (made['created_time'] === made['modified_time']) return made;
    await send({ method: 'DELETE', path: this.scene.sessionPath(made.session_uuid) });
    return send<Session>(this.post(this.scene.sessionPath(), body));
  }

  /** An account of one's own may have calls only. */
  private async openWithTexts(send: Send, body: object): Promise<Session> {
    try {
      return await this.openSession(send, { ...body, messaging: true }, true);
    } catch (error) {
      if (!(error instanceof Refused) || !error.message.includes('messaging')) throw error;
      return this.openSession(send, body);
    }
  }

  private async endSession(send: Send): Promise<void> {
    const { session } = this.scene.get();
    if (session === null) return;
    try {
      await send({ method: 'DELETE', path: this.scene.sessionPath(session.session_uuid) }, true);
    } catch (error) {
      // It is over already, or forgotten.
      if (!(error instanceof Refused)) throw error;
    }
  }

  private session(): Session {
    const { session } = this.scene.get();
    if (session === null) throw new Error(texts.phones.phone.needsSession);
    return session;
  }

  private phonePath(role: Role): string {
    return `/simulator/control/phones/${numberAt(this.scene.get(), role)}`;
  }

  private advance(seconds: number): Request {
    return this.post('/simulator/control/clock', { advance_seconds: seconds });
  }

  private post(path: string, body?: unknown): Request {
    return { method: 'POST', path, ...(body !== undefined && { body }) };
  }
}

function calleeOf(state: Parameters<typeof callerOf>[0]): Role | null {
  const dialled = state.call?.legs.find(({ parent_call_uuid: parent }) => parent !== null);
  return (['first', 'second', 'stranger'] as const).find((role) => state.people[role] === dialled?.to) ?? null;
}
