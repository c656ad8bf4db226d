import { describe, expect, it } from '@jest/globals';
import { readMessageReport, readMessageWebhook } from './message-webhooks.js';

const UUID = '5b40a428-bfc7-4daf-9d06-726c558bf3b8';
const read = (more: Record<string, string>) =>
  readMessageWebhook(new Map(Object.entries({ MessageUUID: UUID, From: '14155550123', To: '14155550100', ...more })));
const report = (more: Record<string, string>) =>
  readMessageReport(new Map(Object.entries({ MessageUUID: UUID, Status: 'sent', ...more })));

describe("a text in Plivo's words", () => {
  it('is read as it was written, with its line ends', () => {
    expect(read({ Text: ' a\r\nb\t👋 ', Units: '2', TotalAmount: '0.0055' })).toEqual({
      messageUuid: UUID,
      from: '14155550123',
      to: '14155550100',
      text: ' a\r\nb\t👋 ',
      kind: 'sms',
      units: 2,
      amountMicros: 5500,
      intent: null,
      mediaCount: 0,
      media: [],
    });
  });

  it('loses what no phone shows', () => {
    expect(read({ Text: 'a\u0000b\u001bc\u0085d\ud800e' })).toMatchObject({ text: 'abcde' });
  });

  it('has its words under either name, and counts its media from wherever they begin', () => {
    expect(read({ Type: 'MMS', Body: 'look', Media0: 'https://x/0', Media1: 'https://x/1' })).toMatchObject({
      kind: 'mms',
      text: 'look',
      mediaCount: 2,
    });
    expect(read({ Type: 'mms', MediaCount: '3' })).toMatchObject({ text: '', mediaCount: 3 });
  });

  it('is none without its id, and none of any length', () => {
    expect(readMessageWebhook(new Map([['Text', 'hello']]))).toBeNull();
    expect(read({ Text: 'a'.repeat(10_000) })?.text).toHaveLength(10_000);
    expect(read({ Text: 'a'.repeat(10_001) })).toMatchObject({ text: null });
  });
});

describe('what Plivo reports of one', () => {
  it('is a state, a count and a price', () => {
    expect(report({ Status: 'Delivered', Sequence: '3', Units: '1', TotalAmount: '0.0070', ErrorCode: '000' })).toEqual(
      {
        messageUuid: UUID,
        state: 'delivered',
        sequence: 3,
        units: 1,
        amountMicros: 7000,
        errorCode: null,
      },
    );
    expect(report({ Status: 'rejected', ErrorCode: '200' })).toMatchObject({ state: 'failed', errorCode: 200 });
  });

  it('is nothing in words that nobody knows', () => {
    expect(report({ Status: 'read' })).toBeNull();
    expect(report({ MessageUUID: '' })).toBeNull();
  });
});
