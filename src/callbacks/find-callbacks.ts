import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import {
  CALLBACK_ATTEMPTS,
  CALLBACKS,
  type Callback,
  type CallbackAttempt,
  type CallbackStatus,
} from './callback.entity.js';
import { formDecoded } from './contract.js';
import { fittingIndex } from './fitting-index.js';
import { attemptPlace, bodyPlace, urlPlace } from './deliver-callbacks.js';

/** A callback without what is sealed in it: neither URL nor numbers. */
export type ShownCallback = Omit<Callback, 'url' | 'body'>;

/** `answer` is the beginning of the receiver's body, where it was asked for. */
export type ShownAttempt = Omit<CallbackAttempt, 'answer'> & { answer?: string | null };

export interface FoundCallback {
  callback: ShownCallback;
  /** First to last. */
  attempts: ShownAttempt[];
}

export interface CallbackSearch {
  status?: CallbackStatus | undefined;
  sessionId?: string | undefined;
  accountId?: string | undefined;
  /** Made from this instant on. */
  since?: number | undefined;
  /** Made before it. */
  until?: number | undefined;
  /** The last callback of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/** A callback with what is sealed in it. */
export type ToldCallback = Pick<Callback, 'id' | 'accountId' | 'callId' | 'event' | 'status' | 'createdAt' | 'url'> & {
  parameters: Record<string, string>;
};

const OPENED = selection(CALLBACKS.pick(['id', 'accountId', 'callId', 'event', 'status', 'createdAt', 'url', 'body']));
const { url: _url, body: _body, ...SHOWN } = CALLBACKS.fields();
const ROWS = selection(SHOWN);
const ATTEMPTS = selection(CALLBACK_ATTEMPTS.fields());

/** Callbacks with their attempts, newest first. */
@Injectable()
export class FindCallbacks {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  run({ status, sessionId, accountId, since, until, before, limit }: CallbackSearch): Promise<FoundCallback[]> {
    return this.database.browse(async (manager) => {
      const conditions = [
        ...(status === undefined ? [] : [{ sql: 'status = ?', parameters: [status] }]),
        ...(sessionId === undefined ? [] : [{ sql: 'session_id = ?', parameters: [sessionId] }]),
        ...(accountId === undefined ? [] : [{ sql: 'account_id = ?', parameters: [accountId] }]),
        ...(since === undefined ? [] : [{ sql: 'created_at >= ?', parameters: [since] }]),
        ...(until === undefined ? [] : [{ sql: 'created_at < ?', parameters: [until] }]),
        ...(before === undefined ? [] : [placedBefore(before)]),
      ];
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
      const found = await ROWS.read(
        manager,
        `FROM callback ${fittingIndex(this.database, { sessionId, status })} ${where} ORDER BY created_at DESC, id DESC LIMIT ?`,
        [...conditions.flatMap(({ parameters }) => parameters), limit],
      );
      return this.withAttempts(manager, found, false);
    });
  }

  /** What customers were told, opened: of a session, or of calls by their ids; oldest first. For the person whom it is about. */
  async told(manager: EntityManager, of: { sessionId: string } | { callIds: string[] }): Promise<ToldCallback[]> {
    const [where, parameters] =
      'sessionId' in of ? ['session_id = ?', [of.sessionId]] : [`call_id IN (${marks(of.callIds)})`, of.callIds];
    if (parameters.length === 0) return [];
    const rows = await OPENED.read(manager, `FROM callback WHERE ${where} ORDER BY created_at, id`, parameters);
    return rows.map(({ url, body, ...row }) => ({
      ...row,
      url: this.crypto.open(urlPlace(row.id, row.accountId), url),
      parameters: Object.fromEntries(formDecoded(this.crypto.open(bodyPlace(row.id, row.accountId), body))),
    }));
  }

  /** Refuses an id that nobody knows. */
  one(id: string, { withAnswers }: { withAnswers: boolean }): Promise<FoundCallback> {
    return this.database.browse(async (manager) => {
      const found = await ROWS.read(manager, 'FROM callback WHERE id = ?', [id]);
      const [callback] = await this.withAttempts(manager, found, withAnswers);
      if (!callback) throw new NotFound('no callback has this id');
      return callback;
    });
  }

  private async withAttempts(
    manager: EntityManager,
    callbacks: ShownCallback[],
    withAnswers: boolean,
  ): Promise<FoundCallback[]> {
    if (callbacks.length === 0) return [];
    const attempts = await ATTEMPTS.read(
      manager,
      `FROM callback_attempt WHERE callback_id IN (${marks(callbacks)}) ORDER BY callback_id, number`,
      callbacks.map(({ id }) => id),
    );
    return callbacks.map((callback) => ({
      callback,
      attempts: attempts
        .filter(({ callbackId }) => callbackId === callback.id)
        .map(({ answer, ...attempt }) => ({
          ...attempt,
          ...(withAnswers && {
            answer: answer && this.crypto.open(attemptPlace(callback.id, attempt.number, callback.accountId), answer),
          }),
        })),
    }));
  }
}

/** Not as one OR: so the index on the instant bounds the read. */
function placedBefore({ at, id }: { at: number; id: string }) {
  return { sql: 'created_at <= ? AND (created_at < ? OR id < ?)', parameters: [at, at, id] };
}
