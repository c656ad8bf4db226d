import { describe, expect, it } from '@jest/globals';
import type { FoundRecording } from '../recording/index.js';
import { formEncoded, hangupEvent, partyEvent, pinEvent, recordingEvent, timeoutEvent } from './contract.js';

const SESSION = { id: 'session', virtualNumber: '14155550100' };
const AT = Date.UTC(2026, 10, 22, 19, 3, 7, 999);
const occasion = { at: AT, callId: 'call', from: '14155550001', to: '14155550002' };
const begins = (event: string, from = '14155550001', to = '14155550002'): string =>
  `EventName=${event}&EventTimestamp=2026-11-22+19%3A03%3A07%2B00%3A00&SessionUUID=session&From=${from}&To=${to}&VirtualNumber=14155550100`;

describe('what customers are told', () => {
  it('has the parameters of every event around its own, in an order that never changes', () => {
    const sent = [
      partyEvent('SessionFirstPartyAnswer', occasion),
      pinEvent(occasion, 'failed', 3),
      hangupEvent('SessionPartiesHangup', occasion, {
        amountMicros: 12_300,
        billedSeconds: 60,
        seconds: 42,
        cause: 'Normal Hangup',
        causeCode: 4000,
      }),
      timeoutEvent(AT),
    ].map((payload) => formEncoded(payload.parameters(SESSION, 7)));

    expect(sent).toEqual([
      `${begins('SessionFirstPartyAnswer')}&SequenceNumber=7`,
      `${begins('SessionPinAuthenticationStatus')}&PinAuthenticationStatus=failed&PinRetryCounter=3&SequenceNumber=7`,
      `${begins('SessionPartiesHangup')}&Amount=0.0123&BilledDuration=60&Duration=42&PlivoHangupCause=Normal+Hangup&PlivoHangupCauseCode=4000&SequenceNumber=7`,
      `${begins('SessionTimeout', '', '')}&SequenceNumber=7`,
    ]);
  });

  it('leaves empty what is not known, and gives no address of a recording that cannot be heard', () => {
    const hangup = { amountMicros: 0, billedSeconds: 0, seconds: 0, cause: '', causeCode: null };
    expect(formEncoded(hangupEvent('SessionFirstPartyHangup', occasion, hangup).parameters(SESSION, 1))).toContain(
      '&PlivoHangupCause=&PlivoHangupCauseCode=&SequenceNumber=1',
    );

    const recording = {
      recordingId: 'recording',
      status: 'failed',
      lastingLink: null as string | null,
      resourceUrl: 'https://masking.example/recording',
      durationSeconds: null,
      startedAt: AT,
      endedAt: null,
      format: 'mp3',
    } as FoundRecording;
    expect(formEncoded(recordingEvent('SessionRecordingFailed', occasion, recording).parameters(SESSION, 2))).toBe(
      `${begins('SessionRecordingFailed')}&RecordingUUID=recording&RecordingURL=&RecordingResourceURL=https%3A%2F%2Fmasking.example%2Frecording&RecordingDuration=&RecordingStartTime=2026-11-22+19%3A03%3A07%2B00%3A00&RecordingEndTime=&RecordingFormat=.mp3&SequenceNumber=2`,
    );
    const lastingLink = 'https://masking.example/recording.mp3?signature=x';
    const ready = { ...recording, status: 'ready', lastingLink, durationSeconds: 0 } as FoundRecording;
    expect(recordingEvent('SessionRecordingCompleted', occasion, ready).parameters(SESSION, 2)).toEqual(
      expect.arrayContaining([
        ['RecordingURL', lastingLink],
        ['RecordingDuration', '0'],
      ]),
    );
  });
});
