import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { SessionRecord } from '../../sessions/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { isOnCluster } from '../../platform/database/held-rows.js';
import { number, selection } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { Log } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics.js';
import { personOf } from '../../telephony/identity.js';
import type { E164 } from '../../telephony/phone.js';
import { PIN_FAILURES } from './pin-failure.entity.js';
import { PIN_GATES } from './pin-gate.entity.js';

const MAX_PER_CALLER_AND_HOUR = 5;
/** Caller ids cost an attacker nothing: the number itself must slow down too. */
const MAX_PER_NUMBER_AND_HOUR = 20;
const SLOW_MS = 60_000;
const WITHHELD = 'withheld';
const REPEATED = 'repeated';

export interface Guess {
  prompt: SessionRecord;
  /** Null when it is withheld: such callers are counted on the number alone, or each would lock out all others. */
  caller: E164 | null;
  digits: string;
  /** Registered callers try their own PIN only, which tells nothing of the number's others: they neither wait nor make others wait. */
  isRegistered: boolean;
}

const WRONG = selection({ wrong: number('COUNT(*)') });
const AT_GATE = selection(PIN_GATES.pick(['judgedAt']));
const LAST = selection(PIN_FAILURES.pick(['typedIndex', 'virtualNumber']));

/**
 * Counts wrong PINs. Five of one caller within an hour, over all numbers of the account, close its way in for that hour. Twenty on one number
 * within an hour, whoever typed them and whatever sessions come and go, slow that number down to one guess a minute.
 */
@Injectable()
export class PinLocks {
  private readonly attacks: Counter;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.attacks = new Counter({
      name: 'masking_pin_attacks_total',
      help: 'Times that a virtual number fell back to one PIN guess a minute.',
      registers: [metrics.registry],
    });
  }

  async isLocked(tx: Tx, { accountId }: SessionRecord, caller: E164 | null): Promise<boolean> {
    if (caller === null) return false;
    const [row] = await WRONG.read(tx, 'FROM pin_failure WHERE account_id = ? AND caller_index = ? AND failed_at > ?', [
      accountId,
      this.callerIndex(accountId, caller),
      this.clock.now() - HOUR_MS,
    ]);
    return (row?.wrong ?? 0) >= MAX_PER_CALLER_AND_HOUR;
  }

  /** Whether a guess is judged. Holds the gates of its number and caller, in this order, until the transaction ends. */
  async admit(tx: Tx, { prompt, caller, isRegistered }: Guess): Promise<'judge' | 'locked' | 'wait'> {
    const { accountId, virtualNumber } = prompt;
    const now = this.clock.now();
    const judgedAt = isRegistered ? 0 : await this.hold(tx, accountId, `n:${virtualNumber}`);
    const isSlow = !isRegistered && (await this.wrongOnNumber(tx, prompt)) >= MAX_PER_NUMBER_AND_HOUR;
    if (isSlow && judgedAt > now - SLOW_MS) return 'wait';
    if (caller !== null) await this.hold(tx, accountId, `c:${this.callerIndex(accountId, caller)}`);
    if (await this.isLocked(tx, prompt, caller)) return 'locked';
    if (!isRegistered) await this.judged(tx, accountId, `n:${virtualNumber}`, now);
    // Nobody reads it: on a cluster a gate that is held keeps out another node's guess only when it is written.
    if (caller !== null && isOnCluster(tx))
      await this.judged(tx, accountId, `c:${this.callerIndex(accountId, caller)}`, now);
    return 'judge';
  }

  /** The same wrong PIN typed again by its caller counts on the number, not against the caller. Says whether the number has just fallen back. */
  async noteFailure(tx: Tx, guess: Guess): Promise<boolean> {
    const { prompt, caller, digits, isRegistered } = guess;
    const { accountId } = prompt;
    const typedIndex = this.crypto.index(accountId, 'pin', digits);
    const callerIndex = caller === null ? WITHHELD : this.callerIndex(accountId, caller);
    const virtualNumber = isRegistered ? null : prompt.virtualNumber;
    const [last] =
      caller === null
        ? []
        : await LAST.read(
            tx,
            'FROM pin_failure WHERE account_id = ? AND caller_index = ? AND failed_at > ? ORDER BY failed_at DESC, id DESC LIMIT 1',
            [accountId, callerIndex, this.clock.now() - HOUR_MS],
          );
    const isRepeated = last?.typedIndex === typedIndex && last.virtualNumber === virtualNumber;
    await PIN_FAILURES.insert(tx, {
      id: newId(),
      accountId,
      sessionId: prompt.id,
      callerIndex: isRepeated ? REPEATED : callerIndex,
      failedAt: this.clock.now(),
      virtualNumber,
      typedIndex,
    });
    if (isRegistered || (await this.wrongOnNumber(tx, prompt)) !== MAX_PER_NUMBER_AND_HOUR) return false;
    this.attacks.inc();
    this.log.warn('pin.attack', { account: accountId, session: prompt.id });
    return true;
  }

  /** A plain read would not see what a parallel guess is about to count: every guess first makes the gate's row its own. */
  private async hold(tx: Tx, accountId: string, gate: string): Promise<number> {
    const ifThere = this.database.isSqlite ? 'ON CONFLICT DO NOTHING' : 'ON DUPLICATE KEY UPDATE judged_at = judged_at';
    await tx.query(`INSERT INTO pin_gate (account_id, gate, judged_at) VALUES (?, ?, 0) ${ifThere}`, [accountId, gate]);
    const [row] = await AT_GATE.read(tx, 'FROM pin_gate WHERE account_id = ? AND gate = ?', [accountId, gate]);
    return row?.judgedAt ?? 0;
  }

  private async judged(tx: Tx, accountId: string, gate: string, now: number): Promise<void> {
    await PIN_GATES.update(tx, { judgedAt: now }, 'WHERE account_id = ? AND gate = ?', [accountId, gate]);
  }

  private async wrongOnNumber(tx: Tx, { accountId, virtualNumber }: SessionRecord): Promise<number> {
    const [row] = await WRONG.read(
      tx,
      'FROM pin_failure WHERE account_id = ? AND virtual_number = ? AND failed_at > ?',
      [accountId, virtualNumber, this.clock.now() - HOUR_MS],
    );
    return row?.wrong ?? 0;
  }

  private callerIndex(accountId: string, caller: E164): string {
    return this.crypto.index(accountId, 'party', personOf(caller));
  }
}
