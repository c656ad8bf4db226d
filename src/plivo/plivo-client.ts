import type { OnApplicationShutdown } from '@nestjs/common';
import { parseCaller, type E164 } from '../telephony/phone.js';
import {
  callRecord,
  plivoApplication,
  plivoNumber,
  type CallRecord,
  type PlivoApplication,
  type PlivoNumber,
} from './plivo-records.js';
import { recordingRecord, type RecordingRecord } from './plivo-recordings.js';
import { RecordingMedia, type OpenedMedia } from './recording-media.js';
import { PlivoTransport, type PlivoCredentials, type TransportOptions } from './plivo-transport.js';
import { ListingTooLong, ProviderOutcomeUnknown, ProviderRefused, ProviderUnavailable } from './plivo.errors.js';
import { isCallUuid } from './webhook-params.js';

export interface PlaceCall {
  /** The virtual number. */
  from: E164;
  to: E164;
  answerUrl: string;
  ringUrl?: string;
  hangupUrl: string;
  ringTimeoutSeconds: number;
  timeLimitSeconds: number;
}

export interface FindCalls {
  parentCallUuid?: string;
  from?: E164;
  to?: E164;
  direction?: 'inbound' | 'outbound';
  subaccount?: string;
  /** Plivo looks back seven days unless told, and refuses a span of more than thirty. */
  endedFrom?: number;
  endedBefore?: number;
}

const PAGE = 20;
const MOST_OBJECTS = 10_000;

/** The few things we ask of Plivo. Every verb fails with one of the errors of `plivo.errors.ts`. */
export class PlivoClient implements OnApplicationShutdown {
  private readonly transport: PlivoTransport;
  private readonly media: RecordingMedia;

  constructor(options: TransportOptions) {
    this.transport = new PlivoTransport(options);
    this.media = new RecordingMedia(new URL(options.baseUrl).origin);
  }

  /**
   * All numbers of the account, or of one subaccount. Refuses a listing whose parts do not add up to the total: numbers that seem to be
   * missing would be taken out of service.
   */
  async listNumbers(
    credentials: PlivoCredentials,
    { subaccount }: { subaccount?: string } = {},
  ): Promise<PlivoNumber[]> {
    const { objects, total } = await this.listAll(credentials, 'Number/', { subaccount });
    const distinct = new Map(objects.map((wire) => [wire['number'], plivoNumber(wire)]));
    if (distinct.size !== total || objects.length !== total) {
      throw new ProviderUnavailable(
        `expected ${total} numbers in the listing, found ${distinct.size} in ${objects.length} rows`,
      );
    }
    return [...distinct.values()].filter((number) => number !== null);
  }

  /**
   * The applications with these ids; those that Plivo does not have are left out. The list may lack those of subaccounts, so what it does not
   * name is asked for by itself.
   */
  async findApplications(
    credentials: PlivoCredentials,
    ids: ReadonlySet<string>,
  ): Promise<Map<string, PlivoApplication>> {
    const found = new Map<string, PlivoApplication>();
    if (ids.size === 0) return found;
    const { objects } = await this.listAll(credentials, 'Application/', {});
    for (const wire of objects) {
      const application = plivoApplication(wire);
      if (application && ids.has(application.id)) found.set(application.id, application);
    }
    for (const id of ids) {
      if (found.has(id)) continue;
      const wire = await this.transport.get(credentials, `Application/${id}/`);
      const application = wire && plivoApplication(wire);
      if (application?.id === id) found.set(id, application);
    }
    return found;
  }

  /** Starts one call. Never repeated: `ProviderOutcomeUnknown` means that the phone may be ringing. */
  async placeCall(credentials: PlivoCredentials, call: PlaceCall): Promise<{ requestUuid: string }> {
    const created = await this.transport.post(credentials, 'Call/', {
      from: checkedNumber(call.from),
      // Without it the account's or the caller's own name could be shown.
      caller_name: `+${call.from}`,
      to: checkedNumber(call.to),
      answer_url: call.answerUrl,
      answer_method: 'POST',
      ...(call.ringUrl === undefined ? {} : { ring_url: call.ringUrl, ring_method: 'POST' }),
      hangup_url: call.hangupUrl,
      hangup_method: 'POST',
      ring_timeout: call.ringTimeoutSeconds,
      time_limit: call.timeLimitSeconds,
    });
    const requestUuid = created['request_uuid'];
    if (!isCallUuid(requestUuid)) {
      throw new ProviderOutcomeUnknown('Plivo accepted the call without naming it');
    }
    return { requestUuid };
  }

  /** Records of ended calls, each once; a record appears some seconds after the end. */
  async findCalls(credentials: PlivoCredentials, filter: FindCalls): Promise<CallRecord[]> {
    const { objects } = await this.listAll(credentials, 'Call/', {
      parent_call_uuid: filter.parentCallUuid,
      from_number: filter.from,
      to_number: filter.to,
      call_direction: filter.direction,
      subaccount: filter.subaccount,
      end_time__gte: filterTime(filter.endedFrom),
      end_time__lt: filterTime(filter.endedBefore),
    });
    const records = objects.map(callRecord).filter((record) => record !== null);
    return [...new Map(records.map((record) => [record.callUuid, record])).values()];
  }

  /** Null until the call has ended and its record is written. */
  async getCall(credentials: PlivoCredentials, callUuid: string): Promise<CallRecord | null> {
    const wire = await this.transport.get(credentials, `Call/${checkedUuid(callUuid)}/`);
    return wire === null ? null : callRecord(wire);
  }

  /** Ends a live or queued call; false when there was none. May be repeated. */
  async hangUpCall(credentials: PlivoCredentials, callUuid: string): Promise<boolean> {
    return this.transport.delete(credentials, `Call/${checkedUuid(callUuid)}/`);
  }

  /** Recordings of one call that were added in a span of at most thirty days, oldest first. */
  async findRecordings(
    credentials: PlivoCredentials,
    { callUuid, addedFrom, addedBefore }: { callUuid: string; addedFrom: number; addedBefore: number },
  ): Promise<RecordingRecord[]> {
    const { objects } = await this.listAll(credentials, 'Recording/', {
      call_uuid: checkedUuid(callUuid),
      add_time__gte: filterTime(addedFrom),
      add_time__lt: filterTime(addedBefore),
    });
    // A service that does not know the filter would list recordings of other calls.
    const records = objects.map(recordingRecord).filter((record) => record?.callUuid === callUuid);
    return records
      .filter((record) => record !== null)
      .toSorted((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0));
  }

  /** False when there was none: either way Plivo does not have it any more. May be repeated. */
  async deleteRecording(credentials: PlivoCredentials, recordingId: string): Promise<boolean> {
    return this.transport.delete(credentials, `Recording/${checkedUuid(recordingId)}/`);
  }

  /** Opens the sound of a recording for reading. Refuses addresses where no recording of Plivo's can be. */
  openMedia(credentials: PlivoCredentials, url: string, signal: AbortSignal): Promise<OpenedMedia> {
    return this.media.open(credentials, url, signal);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.transport.close(), this.media.close()]);
  }

  private async listAll(
    credentials: PlivoCredentials,
    resource: string,
    filter: Record<string, string | undefined>,
  ): Promise<{ objects: Record<string, unknown>[]; total: number }> {
    const objects: Record<string, unknown>[] = [];
    let total = 0;
    do {
      const query = { ...filter, limit: PAGE, offset: objects.length };
      const answer = await this.transport.get(credentials, resource, query);
      if (answer === null) throw new ProviderRefused(404, `no listing of ${resource}`);
      const page = readPage(answer);
      total = page.total;
      if (total > MOST_OBJECTS) {
        throw new ListingTooLong(`expected at most ${MOST_OBJECTS} objects in a listing, Plivo has ${total}`);
      }
      if (page.objects.length === 0) break;
      objects.push(...page.objects);
    } while (objects.length < total);
    if (objects.length < total) {
      throw new ProviderUnavailable(`expected ${total} objects in the listing, found ${objects.length}`);
    }
    return { objects, total };
  }
}

function readPage(answer: Record<string, unknown>): { objects: Record<string, unknown>[]; total: number } {
  const total = (answer['meta'] as { total_count?: unknown } | null | undefined)?.total_count;
  const objects = answer['objects'];
  if (typeof total !== 'number' || !Array.isArray(objects)) {
    throw new ProviderUnavailable('Plivo sent a listing that cannot be read');
  }
  return { objects: objects.filter((each) => typeof each === 'object' && each !== null), total };
}

/** `DELETE Call/` without a uuid would hang up every call of the account. */
function checkedUuid(callUuid: string): string {
  if (!isCallUuid(callUuid)) throw new TypeError('expected a call uuid');
  return callUuid;
}

/** Several numbers joined by `<` would be several calls. */
function checkedNumber(number: E164): E164 {
  if (parseCaller(number) !== number) throw new TypeError('expected a phone number of 7 to 15 digits');
  return number;
}

function filterTime(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ');
}
