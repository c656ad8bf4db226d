import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock.js';
import { Crypto, type SealedPlace } from '../crypto/crypto.js';
import { Contended, Database, isDuplicate, type Tx } from '../database/database.js';
import { selection } from '../database/rows.js';
import { DomainError, Unavailable } from '../errors.js';
import { isAbandoned } from '../processes/is-abandoned.js';
import { newLease } from '../this-process.js';
import { firstPiece, inPieces, LONGEST_PIECE } from './answer-pieces.js';
import { canonical } from './canonical-json.js';
import { describeError, type ErrorAnswer } from './error-answer.js';
import { askedBy } from './error-filter.js';
import { IdempotencyKeyReused, InvalidIdempotencyKey, StillRunning } from './http.errors.js';
import { ReplayedRefusal, requestIdIn } from './idempotency-answers.js';
import { IDEMPOTENCY_KEYS } from './idempotency-key.entity.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where several people ask as one owner: whose the request's Idempotency-Key is. What is answered may be a secret, and nobody else's repetition is shown it. */
    keysOf?: string;
  }
}

/** Work that has not ended by then may be taken over; that of a dead process at once. */
const LEASE_MS = 30_000;
/** Refusals that time can heal: kept, they would be repeated for days after their cause is gone. */
const TIME_HEALS = new Set([409, 429]);
/** Of the refusals that are a 400 like any other: the pool had no number for a session, whatever was in the way. */
const POOL_REFUSALS = new Set(['number_pool_exhausted', 'pin_taken', 'open_session_per_number']);
const KEY = /^[\x20-\x7e]{1,255}$/;

export interface Answer {
  status: number;
  body: unknown;
  /** Id of the session whose parties' numbers are in the request or the answer, or of the erasure that was asked for: `ForgetAnswers` finds it by that. */
  about?: string;
}

interface Claim {
  owner: string;
  keyHash: string;
  requestHash: string;
  lease: string;
}

const EARLIER = selection(IDEMPOTENCY_KEYS.pick(['requestHash', 'lease', 'leaseUntil', 'answerStatus', 'answerBody']));
/** A worker whose lease was taken over finds another name in the row and changes nothing. */
const WHILE_OURS = 'WHERE owner = ? AND key_hash = ? AND lease = ?';

/**
 * Makes a POST repeatable: with an Idempotency-Key the work takes effect once, however often and however parallel the request comes, and
 * every repetition gets the first answer. The answer commits with the work; what time can heal (5xx, 409, 429, an exhausted pool) leaves nothing and
 * may be tried again.
 */
@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly clock: Clock,
  ) {}

  /** `owner` is the Auth ID that the key belongs to, or `admin`. `work` may run again and does nothing but talk to the database. */
  async once(
    request: FastifyRequest,
    owner: string,
    work: (tx: Tx) => Promise<Answer>,
  ): Promise<Answer & { replayed: boolean }> {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return { ...(await this.database.transaction(work)), replayed: false };
    if (typeof key !== 'string' || !KEY.test(key)) throw new InvalidIdempotencyKey();

    const claim = {
      owner,
      keyHash: this.crypto.fingerprint(keyOf(request, key)),
      requestHash: this.crypto.fingerprint(requestText(request)),
      lease: newLease(),
    };
    const earlier = await this.database.transaction((tx) => this.claim(tx, claim));
    if (earlier !== null) return this.replay(request, earlier);

    try {
      const answer = await this.database.transaction(async (tx) => {
        const result = await work(tx);
        await this.store(tx, claim, result, JSON.stringify(result.body));
        return result;
      });
      return { ...answer, replayed: false };
    } catch (error) {
      await this.settle(request, claim, error);
      throw error;
    }
  }

  /** Null: the work is ours. Otherwise the answer that is already there. */
  private async claim(tx: Tx, claim: Claim): Promise<ErrorAnswer | null> {
    const now = this.clock.now();
    const [row] = await EARLIER.read(tx, 'FROM idempotency_key WHERE owner = ? AND key_hash = ?', [
      claim.owner,
      claim.keyHash,
    ]);
    if (!row) {
      await this.insert(tx, claim, now);
      return null;
    }
    if (row.requestHash !== '' && row.requestHash !== claim.requestHash) throw new IdempotencyKeyReused();
    if (row.answerStatus !== null) return this.open(tx, claim, row.answerStatus, row.answerBody);
    if (row.leaseUntil > now && !(await isAbandoned(tx, row.lease))) throw new StillRunning();

    const taken = await IDEMPOTENCY_KEYS.update(
      tx,
      { lease: claim.lease, leaseUntil: now + LEASE_MS },
      'WHERE owner = ? AND key_hash = ? AND lease = ? AND answer_status IS NULL',
      [claim.owner, claim.keyHash, row.lease],
    );
    if (taken === 0) throw new Contended();
    return null;
  }

  private async insert(tx: Tx, claim: Claim, now: number): Promise<void> {
    try {
      await IDEMPOTENCY_KEYS.insert(tx, { ...claim, leaseUntil: now + LEASE_MS, createdAt: now });
    } catch (error) {
      if (isDuplicate(error)) throw new Contended();
      throw error;
    }
  }

  /** Fails when the lease was taken over, so that the transaction it stands in keeps nothing. */
  private async store(tx: Tx, claim: Claim, answer: Omit<Answer, 'body'>, body: string): Promise<void> {
    const { status: answerStatus, about = '' } = answer;
    const [first, ...others] = inPieces(body);
    const stored = await IDEMPOTENCY_KEYS.update(
      tx,
      { lease: null, answerStatus, answerBody: this.crypto.seal(answerBodyPlace(claim), first), about },
      WHILE_OURS,
      [claim.owner, claim.keyHash, claim.lease],
    );
    if (stored === 0) throw new Unavailable('took too long and was taken over, try again', { retryAfterSeconds: 1 });
    for (const [at, piece] of others.entries()) {
      const place = { owner: claim.owner, keyHash: this.keyOfPiece(claim, at) };
      await tx.query('DELETE FROM idempotency_key WHERE owner = ? AND key_hash = ?', [place.owner, place.keyHash]);
      const answerBody = this.crypto.seal(answerBodyPlace(place), piece);
      const times = { leaseUntil: 0, createdAt: this.clock.now() };
      await IDEMPOTENCY_KEYS.insert(tx, { ...place, requestHash: '', answerStatus, answerBody, about, ...times });
    }
  }

  /** Under which the further pieces of a long answer stand, beside the key of the first; nobody's key has a line feed. */
  private keyOfPiece({ keyHash }: Claim, at: number): string {
    return this.crypto.fingerprint(`${keyHash}\n${at}`);
  }

  /** A lasting refusal is the answer from now on. Anything else had no effect, or one whose answer committed with it: our claim goes. */
  private async settle(request: FastifyRequest, claim: Claim, error: unknown): Promise<void> {
    const refusal = error instanceof DomainError ? describeError(error, askedBy(request)) : null;
    const kept =
      refusal && isLasting(error, refusal) ? JSON.stringify({ headers: refusal.headers, body: refusal.body }) : null;
    try {
      await this.database.transaction(async (tx) => {
        if (refusal && kept !== null && kept.length <= LONGEST_PIECE) await this.store(tx, claim, refusal, kept);
        else await this.release(tx, claim);
      });
    } catch {
      // The client gets the error of the work itself, and a claim that stays behind ends with its lease.
    }
  }

  private async release(tx: Tx, claim: Claim): Promise<void> {
    await tx.query(`DELETE FROM idempotency_key ${WHILE_OURS}`, [claim.owner, claim.keyHash, claim.lease]);
  }

  private async open(tx: Tx, claim: Claim, status: number, sealed: string | null): Promise<ErrorAnswer> {
    const { others, json } = firstPiece(this.crypto.open(answerBodyPlace(claim), sealed ?? ''));
    let text = json;
    for (let at = 0; at < others; at += 1) text += await this.openPiece(tx, claim, at);
    if (status < 400) return { status, headers: {}, body: JSON.parse(text) as ErrorAnswer['body'], isBug: false };
    return { status, ...(JSON.parse(text) as Pick<ErrorAnswer, 'headers' | 'body'>), isBug: false };
  }

  private async openPiece(tx: Tx, claim: Claim, at: number): Promise<string> {
    const place = { owner: claim.owner, keyHash: this.keyOfPiece(claim, at) };
    const rest = 'FROM idempotency_key WHERE owner = ? AND key_hash = ?';
    const [row] = await EARLIER.read(tx, rest, [place.owner, place.keyHash]);
    // The purge has taken one of them already.
    if (!row) throw new Unavailable('the answer is being forgotten, try again', { retryAfterSeconds: 1 });
    return this.crypto.open(answerBodyPlace(place), row.answerBody ?? '');
  }

  private replay(request: FastifyRequest, earlier: ErrorAnswer): Answer & { replayed: boolean } {
    request.replayed = { requestId: requestIdIn(earlier.body) };
    if (earlier.status >= 400) throw new ReplayedRefusal(earlier);
    return { status: earlier.status, body: earlier.body, replayed: true };
  }
}

function isLasting(error: unknown, { status }: ErrorAnswer): boolean {
  return status < 500 && !TIME_HEALS.has(status) && !(error instanceof DomainError && POOL_REFUSALS.has(error.code));
}

/** A line feed is in no key. */
function keyOf({ keysOf }: FastifyRequest, key: string): string {
  return keysOf === undefined ? key : `${keysOf}\n${key}`;
}

/** Same method, URL and body, whatever the order of its members. */
function requestText(request: FastifyRequest): string {
  return `${request.method} ${request.raw.url ?? ''}\n${canonical(request.body)}`;
}

/** Where the answer under a key stands, sealed. */
export function answerBodyPlace({ keyHash, owner }: Pick<Claim, 'keyHash' | 'owner'>): SealedPlace {
  return { column: 'idempotency_key.answer_body', row: keyHash, account: owner };
}
