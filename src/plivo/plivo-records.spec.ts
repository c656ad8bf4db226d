import { describe, expect, it } from '@jest/globals';
import { plivoApplication, plivoNumber } from './plivo-records.js';

const WIRE = {
  app_id: '20372631212782780',
  app_name: 'masking',
  answer_url: 'https://masking.example/plivo/MA/answer#rc=2',
  answer_method: 'post',
  hangup_url: 'https://masking.example/plivo/MA/hangup',
  hangup_method: 'GET',
  fallback_answer_url: '',
  fallback_method: 'POST',
  message_url: 'https://masking.example/plivo/MA/message',
  message_method: 'get',
};

describe('an application as Plivo shows it', () => {
  it('has its URLs as they came, and methods in capitals', () => {
    expect(plivoApplication(WIRE)).toEqual({
      id: '20372631212782780',
      name: 'masking',
      answerUrl: WIRE.answer_url,
      answerMethod: 'POST',
      hangupUrl: WIRE.hangup_url,
      hangupMethod: 'GET',
      fallbackUrl: null,
      fallbackMethod: 'POST',
      messageUrl: WIRE.message_url,
      messageMethod: 'GET',
    });
  });

  it('has nothing where Plivo sends nothing, or what cannot be a URL', () => {
    const nothing = { answerUrl: null, hangupUrl: null, fallbackUrl: null, answerMethod: null, name: null };
    expect(plivoApplication({ app_id: 7 })).toMatchObject({ id: '7', ...nothing });
    expect(plivoApplication({ app_id: '7', answer_url: 5, hangup_url: `https://x/${'x'.repeat(2000)}` })).toMatchObject(
      nothing,
    );
    expect(plivoApplication({ app_name: 'masking' })).toBeNull();
  });
});

describe('what Plivo says of a number and texts', () => {
  const number = (wire: Record<string, unknown>) => plivoNumber({ number: '14155550100', ...wire });

  it.each([
    [undefined, null],
    [null, null],
    ['', null],
    ['COMPLETED', 'registered'],
    ['REGISTERED', 'registered'],
    ['registered', 'registered'],
    ['PROCESSING', 'pending'],
    ['in_progress', 'pending'],
    ['UNREGISTERED', 'unregistered'],
    ['SOMETHING_NEW', 'unknown'],
  ])('takes the registration %p for %p', (word, registration) => {
    expect(number({ number_type: 'local', tendlc_registration_status: word })).toMatchObject({ registration });
  });

  it('takes the verification of a toll-free number', () => {
    const verified = { number_type: 'tollfree', toll_free_sms_verification: 'VERIFIED' };
    expect(number(verified)).toMatchObject({ registration: 'registered' });
    expect(number({ ...verified, toll_free_sms_verification: 'PENDING_VERIFICATION' })).toMatchObject({
      registration: 'pending',
    });
  });

  it('takes no word for a yes', () => {
    expect(number({ sms_enabled: true, mms_enabled: true })).toMatchObject({ hasSms: true, hasMms: true });
    expect(number({ sms_enabled: 'false', mms_enabled: 1 })).toMatchObject({ hasSms: false, hasMms: false });
  });
});
