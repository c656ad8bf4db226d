import { describe, expect, it } from '@jest/globals';
import type { PlivoApplication } from '../plivo/index.js';
import { comesHere, LEADS, leadOf } from './lead.js';

const BASE = 'https://masking.example/base/plivo/MAFIRSTFIRSTFIRST000';
const OWN = 'https://masking.example/base/plivo/SAFIRSTFIRSTFIRST000';
const AWAY = 'https://hotline.example/plivo';

const application = (changed: Partial<PlivoApplication> = {}): PlivoApplication => ({
  id: '1001',
  name: 'masking',
  answerUrl: `${BASE}/answer#rc=2`,
  answerMethod: 'POST',
  hangupUrl: `${BASE}/hangup#rc=5`,
  hangupMethod: 'POST',
  fallbackUrl: null,
  fallbackMethod: null,
  messageUrl: null,
  messageMethod: null,
  ...changed,
});

describe('where an application leads', () => {
  it.each<[string, Partial<PlivoApplication>, string]>([
    ['all URLs are ours', {}, 'here'],
    ['all URLs are a subaccount’s', { answerUrl: `${OWN}/answer`, hangupUrl: `${OWN}/hangup` }, 'here'],
    ['they end in slashes', { answerUrl: `${BASE}/answer/`, hangupUrl: `${BASE}/hangup/` }, 'here'],
    ['the methods are GET', { answerMethod: 'GET', hangupMethod: 'GET' }, 'here'],
    ['the methods are not told', { answerMethod: null, hangupMethod: null }, 'here'],
    ['the fallback is the answer URL', { fallbackUrl: `${BASE}/answer` }, 'here'],
    ['there is no hang-up URL', { hangupUrl: null, hangupMethod: null }, 'hangup-missing'],
    ['hang-ups come to the answer URL', { hangupUrl: `${BASE}/answer` }, 'hangup-missing'],
    ['the fallback is another’s', { fallbackUrl: `${AWAY}/x` }, 'fallback-elsewhere'],
    ['the fallback is another path of ours', { fallbackUrl: `${BASE}/hangup` }, 'fallback-elsewhere'],
    ['the fallback comes by PUT', { fallbackUrl: `${BASE}/answer`, fallbackMethod: 'PUT' }, 'fallback-elsewhere'],
    ['hang-ups go elsewhere', { hangupUrl: `${AWAY}/hangup` }, 'hangup-elsewhere'],
    ['hang-ups go elsewhere, as the fallback', { hangupUrl: AWAY, fallbackUrl: AWAY }, 'hangup-elsewhere'],
    ['hang-ups come by PUT', { hangupMethod: 'PUT' }, 'hangup-elsewhere'],
    [
      'hang-ups come to the answer URL by PUT',
      { hangupUrl: `${BASE}/answer`, hangupMethod: 'PUT' },
      'hangup-elsewhere',
    ],
    ['it is asked by PUT', { answerMethod: 'PUT' }, 'method-refused'],
    ['the answer URL is another’s', { answerUrl: `${AWAY}/answer` }, 'elsewhere'],
    ['the answer URL is plain http', { answerUrl: `${BASE.replace('https', 'http')}/answer` }, 'elsewhere'],
    ['the answer URL is our hang-up URL', { answerUrl: `${BASE}/hangup` }, 'elsewhere'],
    ['the answer URL has a query', { answerUrl: `${BASE}/answer?x=1` }, 'elsewhere'],
    ['there is no answer URL', { answerUrl: null }, 'elsewhere'],
    ['the answer URL is none', { answerUrl: 'masking' }, 'elsewhere'],
  ])('where %s', (_, changed, lead) => {
    expect(leadOf(application(changed), [BASE, OWN])).toBe(lead);
  });

  it('lends the numbers whose calls come here, whatever becomes of their hang-ups', () => {
    expect(LEADS.filter(comesHere)).toEqual(['here', 'hangup-missing', 'fallback-elsewhere', 'hangup-elsewhere']);
  });
});
