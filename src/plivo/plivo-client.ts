import type { OnApplicationShutdown } from '@nestjs/common';
import type { E164 } from '../telephony/phone.js';
import { checkedId, checkedNumber, checkedUuid } from './checked-parts.js';
import { filterTime } from './instants.js';
import {
  callRecord,
  plivoAccount,
  plivoApplication,
  plivoNumber,
  type CallRecord,
  type PlivoAccount,
  type PlivoApplication,
  type PlivoNumber,
} from './plivo-records.js';
import {
  messageOrder,
  listedMessages,
  messageRecord,
  messageTaken,
  type FindMessages,
  type FindUntoldMessages,
  type MessageFilters,
  type MessageRecord,
  type SendMessage,
} from './plivo-messages.js';
import { recordingRecord, type RecordingRecord } from './plivo-recordings.js';
import type { MediaPlace } from './message-media.js';
import { RecordingMedia, type OpenedMedia } from './recording-media.js';
import type { ApplicationUrls, FindCalls, PlaceCall } from './plivo-orders.js';
import { PlivoTransport, type PlivoCredentials, type TransportOptions } from './plivo-transport.js';
import { ListingTooLong, ProviderOutcomeUnknown, ProviderRefused, ProviderUnavailable } from './plivo.errors.js';
import { isCallUuid } from './webhook-params.js';

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

  /** All applications that Plivo shows with these credentials. */
  async listApplications(credentials: PlivoCredentials): Promise<PlivoApplication[]> {
    const { objects } = await this.listAll(credentials, 'Application/', {});
    return objects.map(plivoApplication).filter((application) => application !== null);
  }

  /** Who the credentials belong to: what shows whether Plivo takes them. */
  async readAccount(credentials: PlivoCredentials): Promise<PlivoAccount> {
    const wire = await this.transport.get(credentials, '');
    if (wire === null) throw new ProviderRefused(404, 'no such account');
    return plivoAccount(wire);
  }

  /**
   * Makes an application and returns its id. Never repeated: after `ProviderOutcomeUnknown` look for its name.
   */
  async createApplication(
    credentials: PlivoCredentials,
    application: ApplicationUrls & { name: string },
  ): Promise<string> {
    const { name, ...urls } = application;
    const created = await this.transport.post(credentials, 'Application/', {
      app_name: name,
      ...applicationWire(urls),
    });
    const id = plivoApplication(created)?.id;
    if (id === undefined) throw new ProviderOutcomeUnknown('Plivo made an application without naming it');
    return id;
  }

  /** May be repeated. */
  async changeApplication(credentials: PlivoCredentials, id: string, urls: ApplicationUrls): Promise<void> {
    await this.transport.post(credentials, `Application/${checkedId(id)}/`, applicationWire(urls));
  }

  /** False when there was none. May be repeated. Numbers that have it are left without one. */
  async deleteApplication(credentials: PlivoCredentials, id: string): Promise<boolean> {
    return this.transport.delete(credentials, `Application/${checkedId(id)}/`);
  }

  /** Gives a number an application, or with null takes it away. May be repeated. */
  async giveApplication(credentials: PlivoCredentials, number: E164, applicationId: string | null): Promise<void> {
    await this.transport.post(credentials, `Number/${checkedNumber(number)}/`, {
      app_id: applicationId === null ? '' : checkedId(applicationId),
    });
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

  /** Sends one message. Never repeated: `ProviderOutcomeUnknown` means that the phone may have it. */
  async sendMessage(credentials: PlivoCredentials, message: SendMessage): Promise<{ messageUuid: string }> {
    const order = messageOrder({ ...message, from: checkedNumber(message.from), to: checkedNumber(message.to) });
    const messageUuid = messageTaken(await this.transport.post(credentials, 'Message/', order));
    if (messageUuid === null) throw new ProviderOutcomeUnknown('Plivo accepted the message without naming it');
    return { messageUuid };
  }

  /** Null where Plivo has no such message, or none yet. */
  async getMessage(credentials: PlivoCredentials, messageUuid: string): Promise<MessageRecord | null> {
    const wire = await this.transport.get(credentials, `Message/${checkedUuid(messageUuid)}/`);
    return wire === null ? null : messageRecord(wire);
  }

  /** Up to 20 messages that we sent to a phone; Plivo lets the list be asked for 20 times a minute, so this asks once. */
  async findMessages(
    credentials: PlivoCredentials,
    { from, to, sentFrom, sentUntil }: FindMessages,
  ): Promise<MessageRecord[]> {
    return this.listMessages(credentials, 'outbound', {
      from_number: checkedNumber(from),
      to_number: checkedNumber(to),
      message_time__gte: filterTime(sentFrom),
      message_time__lte: filterTime(sentUntil),
    });
  }

  /** Up to 20 messages that came in and of which Plivo could not tell us, the newest first, behind so many; counted as `findMessages` is. */
  async findUntoldMessages(
    credentials: PlivoCredentials,
    { cameFrom, cameUntil, offset }: FindUntoldMessages,
  ): Promise<MessageRecord[]> {
    return this.listMessages(credentials, 'inbound', {
      message_state: 'undelivered',
      message_time__gte: filterTime(cameFrom),
      message_time__lte: filterTime(cameUntil),
      offset,
    });
  }

  private async listMessages(credentials: PlivoCredentials, direction: 'inbound' | 'outbound', query: MessageFilters) {
    const asked = { message_direction: direction, ...query, limit: PAGE };
    return listedMessages(await this.transport.get(credentials, 'Message/', asked), direction);
  }

  /** False when there was none: either way Plivo does not have it any more. May be repeated. */
  async deleteMessageMedia(credentials: PlivoCredentials, { messageUuid, mediaId }: MediaPlace): Promise<boolean> {
    const media = `Message/${checkedUuid(messageUuid)}/Media/${checkedId(mediaId)}/`;
    return this.transport.delete(credentials, media);
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

  /** Opens the sound of a recording, or a picture of a message, for reading. Refuses addresses where nothing of Plivo's can be. */
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

function applicationWire({ answerUrl, hangupUrl, messageUrl }: ApplicationUrls) {
  return {
    answer_url: answerUrl,
    answer_method: 'POST',
    hangup_url: hangupUrl,
    hangup_method: 'POST',
    ...(messageUrl !== null && { message_url: messageUrl, message_method: 'POST' }),
  };
}
