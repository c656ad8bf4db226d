import { Injectable } from '@nestjs/common';
import { DEMO_AUTH_ID } from '../accounts/index.js';
import { FindSessionById, type SessionRecord } from '../sessions/index.js';
import { Config } from '../platform/settings/config.js';
import type { Tx } from '../platform/database/database.js';
import type { Stream } from './callback.entity.js';

/** What must be known of a session to tell something of it. */
export type ToldSession = Pick<SessionRecord, 'id' | 'accountId' | 'subaccountId' | 'virtualNumber' | 'settings'>;

export interface Target<Session extends ToldSession = SessionRecord> {
  session: Session;
  stream: Stream;
  url: string;
  method: 'GET' | 'POST';
}

/** Where a session's events are told now: URLs that are changed apply at once. */
@Injectable()
export class CallbackTarget {
  /** Of the account that the simulator plays: stands in for the server that a newcomer has not written yet. */
  private readonly inbox: { accountId: string; url: string } | null;

  constructor(
    config: Config,
    private readonly findSessionById: FindSessionById,
  ) {
    const { provider, http } = config;
    const accountId = provider.firstAccount?.authId ?? DEMO_AUTH_ID;
    this.inbox = provider.kind === 'simulator' ? { accountId, url: `${http.publicUrl}/simulator/inbox` } : null;
  }

  /** Null when nobody wants to know. Holds the session's row. */
  async find(tx: Tx, accountId: string, sessionId: string, stream: Stream): Promise<Target | null> {
    const session = await this.findSessionById.run(tx, accountId, sessionId);
    return session && this.of(session, stream);
  }

  /** As `find`, without holding the row: whoever looks through many sessions would keep the calls of all of them waiting. */
  async seen(tx: Tx, accountId: string, sessionId: string, stream: Stream): Promise<Target | null> {
    const session = await this.findSessionById.seen(tx, accountId, sessionId);
    return session && this.of(session, stream);
  }

  /** Of a session whose row is held. */
  of<Session extends ToldSession>(session: Session, stream: Stream): Target<Session> | null {
    const { accountId, settings } = session;
    const [given, method] = urlOf(settings, stream);
    const url = given === '' && this.inbox?.accountId === accountId ? this.inbox.url : given;
    return url === '' ? null : { session, stream, url, method };
  }
}

function urlOf(settings: ToldSession['settings'], stream: Stream): [url: string, method: 'GET' | 'POST'] {
  const { message_callback_url: url = '', message_callback_method: method = 'POST' } = settings;
  if (stream === 'recording') return [settings.recording_callback_url, settings.recording_callback_method];
  if (stream === 'message' && url !== '') return [url, method];
  return [settings.callback_url, settings.callback_method];
}
