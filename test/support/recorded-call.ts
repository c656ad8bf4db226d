import { randomUUID } from 'node:crypto';

type Post = (
  path: string,
  params: Record<string, string>,
  options?: { nonce?: string },
) => Promise<{ status: number; text: string }>;

/** A call of the caller's to a virtual number, told by Plivo's webhooks in the order in which a test sends them. */
export interface ToldCall {
  callUuid: string;
  /** Plivo's id of its recording. */
  recordingId: string;
  /** The XML that it was answered with. */
  xml: string;
  answered(): Promise<void>;
  ended(): Promise<void>;
  recorded(mediaUrl: string, options?: { nonce?: string; params?: Record<string, string> }): Promise<number>;
  /** Where its webhooks go, below `/plivo/{auth_id}`. */
  path: string;
}

export async function startCall(post: Post, { from, to }: { from: string; to: string }): Promise<ToldCall> {
  const [callUuid, bLegUuid, recordingId] = [randomUUID(), randomUUID(), randomUUID()];
  const common = { CallUUID: callUuid, From: from, To: to, Direction: 'inbound', CallStatus: 'ringing' };
  const { text: xml } = await post('/answer', common);
  const path = /\/sessions\/[^/]+\/calls\/[^/]+(?=\/dial-event)/.exec(xml)?.[0] ?? '';
  const times = { StartTime: '2026-01-05 10:00:00', AnswerTime: '2026-01-05 10:00:02', EndTime: '2026-01-05 10:00:32' };
  const dial = { CallUUID: callUuid, DialALegUUID: callUuid, DialBLegUUID: bLegUuid };
  const send = async (what: string, params: Record<string, string>, options?: { nonce?: string }): Promise<number> =>
    (await post(what === '/hangup' ? what : path + what, params, options)).status;
  return {
    callUuid,
    recordingId,
    xml,
    path,
    answered: async () => void (await send('/dial-event', { ...dial, DialAction: 'answer' })),
    ended: async () => {
      await send('/dial-event', { ...dial, ...times, DialAction: 'hangup', DialBLegDuration: '30' });
      await send('/hangup', { ...common, ...times, Event: 'Hangup', CallStatus: 'completed', Duration: '32' });
    },
    recorded: (mediaUrl, { nonce, params = {} } = {}) =>
      send(
        '/recording',
        {
          CallUUID: callUuid,
          RecordingID: recordingId,
          RecordUrl: mediaUrl,
          RecordingDuration: '30',
          RecordingDurationMs: '30120',
          RecordingStartMs: '1767607202000',
          RecordingEndMs: '1767607232120',
          ...params,
        },
        nonce === undefined ? {} : { nonce },
      ),
  };
}
