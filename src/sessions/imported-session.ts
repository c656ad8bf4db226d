import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EffectiveSettings } from '../accounts/index.js';
import { DomainError, InvalidParameter } from '../platform/errors.js';
import { isUuid } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { callingCodeOf, parsePartyNumber, type E164 } from '../telephony/phone.js';
import { NEVER, type SessionParties, type SessionSettings } from './session.entity.js';
import { CreateSessionPipe } from './session-body.pipe.js';
import { newParties, requireAllowed } from './session-parties.js';
import { CreateSessionDto, KNOWN_PARAMETERS } from './session-request.dto.js';
import { sessionMembers } from './session-schema.js';
import { newSettings } from './session-settings.js';
import { requireTextsOn, withTexts, type TextTerms } from './session-texts.js';
import { MissingParameter, type RefusedSession } from './sessions.errors.js';
import { parseTimestamp } from './timestamps.js';

/** A live session of another system, as it will be here if nothing is in its way. */
export interface ImportedSession {
  /** Its place among those that came, from 1. */
  index: number;
  id: string;
  virtualNumber: E164;
  parties: SessionParties;
  settings: SessionSettings;
  expiresAt: number;
  request: CreateSessionDto;
}

export interface ReadSessions {
  sessions: ImportedSession[];
  /** How many were over already. */
  skipped: number;
  refused: RefusedSession[];
  /** Names of members that mean nothing here. */
  unknown: string[];
}

export type ImportTerms = Pick<EffectiveSettings, 'allowed_countries' | 'hasNoNumber'> & TextTerms;

/** What a session object may have: parameters of a create, and what the masking API answers beside them. */
export const IMPORTABLE: ReadonlySet<string> = new Set([
  ...KNOWN_PARAMETERS,
  ...Object.keys(sessionMembers()),
  'resource_uri',
]);
const STATUSES = new Set<unknown>(['active', 'in-progress', 'expired']);
const MOST_UNKNOWN = 100;
/** Then whoever else waits for this thread. */
const AT_ONCE = 100;

/**
 * Reads session objects as the masking API answers them, each by the rules of a create: what is wrong is told by place, and nothing of it is made up. So a PIN
 * that is not there is not drawn anew, because those who have to type it would not know it.
 */
@Injectable()
export class ReadImported {
  constructor(
    private readonly config: Config,
    private readonly pipe: CreateSessionPipe,
  ) {}

  async run(objects: readonly unknown[], terms: ImportTerms, now: number): Promise<ReadSessions> {
    const read: ReadSessions = { sessions: [], skipped: 0, refused: [], unknown: [] };
    const unknown = new Set<string>();
    for (const [place, object] of objects.entries()) {
      const index = place + 1;
      if (index % AT_ONCE === 0) await nextTurn();
      try {
        const members = membersOf(object);
        for (const name of Object.keys(members))
          if (!IMPORTABLE.has(name) && unknown.size < MOST_UNKNOWN) unknown.add(name);
        const session = this.one(members, terms, now);
        if (session === null) read.skipped += 1;
        else read.sessions.push({ index, ...session });
      } catch (error) {
        read.refused.push(refusedSession(index, uuidIn(object), error));
      }
    }
    return { ...read, unknown: [...unknown] };
  }

  /** Null for one whose time is over. */
  private one(members: Members, terms: ImportTerms, now: number): Omit<ImportedSession, 'index'> | null {
    const { status = 'active' } = members;
    if (!STATUSES.has(status)) throw new InvalidParameter('expected active, in-progress or expired', 'status');
    if (status === 'expired') return null;
    const expiresAt = expiryOf(members);
    if (expiresAt <= now) return null;
    const id = uuidIn(members);
    if (id === null) throw new InvalidParameter('expected a UUID', 'session_uuid');
    const virtualNumber = parsePartyNumber(members['virtual_number']);
    if (virtualNumber === null)
      throw new InvalidParameter('expected a phone number with its country code', 'virtual_number');

    const given = Object.entries(members).filter(([name]) => KNOWN_PARAMETERS.has(name));
    const request = this.pipe.transform(Object.fromEntries(given));
    const parties = newParties(withoutDrawing(request), this.config.sessions);
    requireAllowed(parties, terms);
    const settings = withTexts(newSettings(request, this.config.sessions), request, now);
    requireTextsOn(request, settings, terms);
    if (expiresAt === NEVER) settings.session_expiry = 0;
    // The other system does not say; from now on it is as its number is.
    settings.geomatch =
      request.geomatch ?? callingCodeOf((parties.first ?? parties.second) as E164) === callingCodeOf(virtualNumber);
    return { id, virtualNumber, parties, settings, expiresAt, request };
  }
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(object: unknown): Members {
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) return object as Members;
  throw new InvalidParameter('expected a session as an object', 'sessions');
}

function withoutDrawing(request: CreateSessionDto): CreateSessionDto {
  return Object.assign(new CreateSessionDto(), request, { generate_pin: false });
}

function uuidIn(object: unknown): string | null {
  const { session_uuid: uuid } = (object ?? {}) as { session_uuid?: unknown };
  return typeof uuid === 'string' && isUuid(uuid.toLowerCase()) ? uuid.toLowerCase() : null;
}

/** The instant itself, not a span from now on. One that never ends says so twice: no instant, and an expiry of 0. */
function expiryOf(members: Members): number {
  const { expiry_time: time, session_expiry: seconds } = members;
  if (time === undefined || time === null || time === '') {
    if (time !== undefined && (seconds === 0 || seconds === '0')) return NEVER;
    throw new MissingParameter('expiry_time');
  }
  const moment = parseTimestamp(time);
  if (moment === null)
    throw new InvalidParameter('expected an instant such as 2026-11-29 17:00:00 +0000 UTC', 'expiry_time');
  return Math.min(moment.from, NEVER);
}

/** Anything that is no refusal goes on. */
export function refusedSession(index: number, uuid: string | null, error: unknown): RefusedSession {
  if (!(error instanceof DomainError)) throw error;
  const { code, message, details } = error;
  return { index, session_uuid: uuid, code, param: details.param ?? null, detail: message };
}
