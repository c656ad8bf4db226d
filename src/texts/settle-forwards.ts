import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess, Spend } from '../accounts/index.js';
import { isShownAs, PlivoClient, type MessageRecord } from '../plivo/index.js';
import { FindSessionById, lockSession, subaccountOf } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Defer, Jobs } from '../platform/jobs/jobs.js';
import type { E164 } from '../telephony/phone.js';
import { OPTED_OUT, TellForward } from './tell-forward.js';
import { CountTexts } from './count-texts.js';
import { NoteOptOuts } from './note-opt-outs.js';
import { isFinal, toldBy, type Told } from './join-reports.js';
import { afterLook, ListedMessage, longestSought, LOOKS_MS } from './listed-message.js';
import { priceAtOf } from './priced-after.js';
import { SettleNotices } from './settle-notices.js';
import { CONFIRM, SETTLE, settleKey } from './text-lanes.js';
import { isFiguredAlike } from './text-figures.js';
import { TextFigured } from './texts.events.js';
import { FORWARDS, recipientPlace, type TextForward } from './text.entity.js';

/** Ten a minute and account, of the twenty that Plivo answers. */
const BETWEEN_LOOKS_MS = 6_000;

const FORWARD_ROW = selection(FORWARDS.fields());
const LANE = selection(FORWARDS.pick(['sessionId']));

/**
 * Finds out what became of texts of which it is not known whether Plivo has them. Mostly a report tells, for its address names the text; else Plivo's list is
 * looked at, and a message in it that can be no other text's is this one. What cannot be known is `unconfirmed`, and is never sent again.
 */
@Injectable()
export class SettleForwards implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly spend: Spend,
    private readonly findSessionById: FindSessionById,
    private readonly noteOptOuts: NoteOptOuts,
    private readonly tellForward: TellForward,
    private readonly counts: CountTexts,
    private readonly listedMessage: ListedMessage,
    private readonly settleNotices: SettleNotices,
  ) {}

  onModuleInit(): void {
    const options = { leaseSeconds: 60, maxAttempts: Number.MAX_SAFE_INTEGER };
    this.jobs.handle<{ accountId: string }>(SETTLE, options, ({ accountId }) => this.run(accountId));
    this.jobs.handle<{ forwardId: string }>(CONFIRM, { leaseSeconds: 60 }, ({ forwardId }) => this.confirm(forwardId));
  }

  /** From here on nobody sends it, whatever turns out. Its row is held, and says that it was about to be sent. */
  async begin(tx: Tx, { id, accountId, sendingAt }: TextForward): Promise<void> {
    const now = this.clock.now();
    const lookUpAt = (sendingAt ?? now) + LOOKS_MS[0];
    await FORWARDS.update(tx, { state: 'unknown', lookUpAt, updatedAt: now }, 'WHERE id = ?', [id]);
    this.counts.forwarded('unknown');
    await this.jobs.enqueue(tx, SETTLE, { accountId }, { runAt: lookUpAt, key: settleKey(accountId), sooner: true });
  }

  /** Plivo has named it. Nothing that a report has told is taken back: it would have named it before. */
  async accept(tx: Tx, { id, sessionId }: TextForward, messageUuid: string): Promise<void> {
    const forward = await this.holdIn(tx, sessionId, id);
    if (!forward || forward.messageUuid !== null) return;
    await this.apply(tx, forward, messageUuid, { ...forward, state: 'accepted' });
  }

  /** Notes what is known of a forward, whose row is held, and that it is this message; what it cost counts once. */
  async apply(tx: Tx, forward: TextForward, messageUuid: string, told: Told): Promise<void> {
    const { id, accountId } = forward;
    const { state, sequence, units, amount, errorCode } = told;
    const known = { state, sequence, units, amount, errorCode, messageUuid };
    // Plivo has it: the text is nobody's any more here, unless its account keeps it.
    const now = this.clock.now();
    const priceAt = state === forward.state ? forward.priceAt : priceAtOf(state, now);
    const rest = { body: bodyAfter(forward), lookUpAt: null, priceAt, updatedAt: now };
    await FORWARDS.update(tx, { ...known, ...rest }, 'WHERE id = ?', [id]);
    if (isFinal(state)) await this.spend.release(tx, accountId, id);
    if (!isFiguredAlike(forward, { state, units, amount })) await this.figured(tx, forward);
    if (state !== forward.state) this.counts.forwarded(state);
    if (isRefusedByWish(told) && !isRefusedByWish(forward))
      await this.noteOptOuts.refused(tx, forward, await this.findSessionById.run(tx, accountId, forward.sessionId));
    if (state !== forward.state) await this.tellForward.run(tx, forward.state, { ...forward, ...known });
  }

  /** More of what a text comes to is known, or that this of it never will be. */
  async figured(tx: Tx, { accountId, textId }: TextForward): Promise<void> {
    await this.events.publish(tx, new TextFigured(accountId, textId));
  }

  /** And its session's row before it, as who sends holds both. */
  async hold(tx: Tx, id: string): Promise<TextForward | undefined> {
    const [lane] = await LANE.read(tx, 'FROM text_forward WHERE id = ?', [id]);
    if (!lane) return undefined;
    return this.holdIn(tx, lane.sessionId, id);
  }

  private async holdIn(tx: Tx, sessionId: string, id: string): Promise<TextForward | undefined> {
    // In this order, and in one trip.
    const [, [forward]] = await Promise.all([
      lockSession(tx, this.database, sessionId),
      FORWARD_ROW.read(tx, `FROM text_forward WHERE id = ? ${this.database.forUpdate}`, [id]),
    ]);
    return forward;
  }

  /** One look at Plivo's list, for who has waited longest; then others have their turn. */
  async run(accountId: string): Promise<void> {
    const now = this.clock.now();
    const { forward, notice, lookedAt } = await this.database.read(async (manager) => {
      const written = await longestSought(manager, 'text_forward', accountId);
      const said = await longestSought(manager, 'text_notice', accountId);
      return { forward: written.next, notice: said.next, lookedAt: Math.max(written.lookedAt, said.lookedAt) };
    });
    const isForward = !notice || (forward && (forward.lookUpAt ?? 0) <= (notice.lookUpAt ?? 0));
    const next = isForward ? forward : notice;
    if (!next) return;
    const dueAt = Math.max(next.lookUpAt ?? 0, lookedAt + BETWEEN_LOOKS_MS);
    if (dueAt > now) throw new Defer((dueAt - now) / 1000, 'not to be looked for yet');
    await (isForward ? this.lookFor(next.id) : this.settleNotices.lookFor(next.id));
    throw new Defer(BETWEEN_LOOKS_MS / 1000, 'others may be unknown too');
  }

  private async lookFor(id: string): Promise<void> {
    const forward = await this.database.transaction(async (tx) => {
      const held = await this.hold(tx, id);
      if (held?.state !== 'unknown' || held.recipient === null) return null;
      await FORWARDS.update(tx, { lookedAt: this.clock.now() }, 'WHERE id = ?', [id]);
      return held;
    });
    if (forward === null) return;
    const subaccount = await this.database.read((manager) => subaccountOf(manager, forward.sessionId));
    const to = this.crypto.open(recipientPlace(forward), forward.recipient ?? '') as E164;
    const found = await this.listedMessage.candidates(forward, to, subaccount);
    await this.database.transaction((tx) => this.settle(tx, id, found));
  }

  private async settle(tx: Tx, id: string, found: MessageRecord[]): Promise<void> {
    const forward = await this.hold(tx, id);
    // A report has told meanwhile.
    if (forward?.state !== 'unknown') return;
    const own = await this.listedMessage.onlyOne(tx, forward, found);
    if (own) return this.apply(tx, forward, own.messageUuid, toldBy(forward, own));
    const { lookUps, lookUpAt } = afterLook(forward);
    const updatedAt = this.clock.now();
    if (lookUpAt !== null)
      return void (await FORWARDS.update(tx, { lookUps, lookUpAt, updatedAt }, 'WHERE id = ?', [id]));

    const unconfirmed = { state: 'unconfirmed' as const, lookUps, lookUpAt, body: bodyAfter(forward), updatedAt };
    await FORWARDS.update(tx, unconfirmed, 'WHERE id = ?', [id]);
    await this.spend.release(tx, forward.accountId, id);
    await this.figured(tx, forward);
    this.counts.forwarded('unconfirmed');
    await this.tellForward.run(tx, forward.state, { ...forward, ...unconfirmed });
  }

  /** What nothing vouched for is asked of Plivo itself. */
  private async confirm(id: string): Promise<void> {
    const [forward] = await this.database.read((manager) =>
      FORWARD_ROW.read(manager, 'FROM text_forward WHERE id = ?', [id]),
    );
    if (!forward?.messageUuid || isFinal(forward.state) || forward.recipient === null) return;
    const record = await this.plivo.getMessage(await this.credentials(forward), forward.messageUuid);
    if (record === null || !isShownAs(record.from, forward.virtualNumber as E164)) return;
    await this.database.transaction(async (tx) => {
      const held = await this.hold(tx, id);
      if (held?.messageUuid === record.messageUuid)
        await this.apply(tx, held, record.messageUuid, toldBy(held, record));
    });
  }

  private async credentials({ accountId, sessionId }: TextForward) {
    const subaccount = await this.database.read((manager) => subaccountOf(manager, sessionId));
    return this.plivoAccess.of(accountId, subaccount);
  }
}

/** What stays of the words of a text that is not to be sent any more. */
export function bodyAfter({ body, isBodyKept }: TextForward): string | null {
  return isBodyKept ? body : null;
}

function isRefusedByWish({ state, errorCode }: Pick<Told, 'state' | 'errorCode'>): boolean {
  return state === 'failed' && errorCode === OPTED_OUT;
}
