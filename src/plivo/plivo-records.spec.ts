import { describe, expect, it } from '@jest/globals';
import { plivoApplication } from './plivo-records.js';

const WIRE = {
  app_id: '20372631212782780',
  app_name: 'masking',
  answer_url: 'https://masking.example/plivo/MA/answer#rc=2',
  answer_method: 'post',
  hangup_url: 'https://masking.example/plivo/MA/hangup',
  hangup_method: 'GET',
  fallback_answer_url: '',
  fallback_method: 'POST',
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
