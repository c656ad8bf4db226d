import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Callback, CallbackAttempt, CALLBACKS, type CallbackStatus } from './callback.entity.js';
import { attemptPlace } from './deliver-callbacks.js';

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
  /** The last callback of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

const { url: _url, body: _body, ...SHOWN } = CALLBACKS.fields('c');

/** Callbacks with their attempts, newest first. */
@Injectable()
export class FindCallbacks {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  run({ status, sessionId, before, limit }: CallbackSearch): Promise<FoundCallback[]> {
    return this.database.read(async (manager) => {
      const query = rows(manager).orderBy('c.createdAt', 'DESC').addOrderBy('c.id', 'DESC').limit(limit);
      if (status !== undefined) query.andWhere('c.status = :status', { status });
      if (sessionId !== undefined) query.andWhere('c.sessionId = :sessionId', { sessionId });
      if (before) query.andWhere('c.createdAt <= :at AND (c.createdAt < :at OR c.id < :id)', before);
      return this.withAttempts(manager, await query.getMany(), false);
    });
  }

  /** Refuses an id that nobody knows. */
  one(id: string, { withAnswers }: { withAnswers: boolean }): Promise<FoundCallback> {
    return this.database.read(async (manager) => {
      const found = await rows(manager).where('c.id = :id', { id }).getMany();
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
    const attempts = await manager
      .createQueryBuilder(CallbackAttempt, 'a')
      .where('a.callbackId IN (:...ids)', { ids: callbacks.map(({ id }) => id) })
      .orderBy('a.callbackId')
      .addOrderBy('a.number')
      .getMany();
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

function rows(manager: EntityManager) {
  return manager.createQueryBuilder(Callback, 'c').select(Object.keys(SHOWN).map((column) => `c.${column}`));
}
