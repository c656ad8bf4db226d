import { describe, expect, it } from '@jest/globals';
import { newNonce, signV2, signV3, type Parameters, type WebhookMethod } from './signature.js';

const PUBLISHED_TOKEN = 'Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4';
const PUBLISHED_NONCE = '31627761595286130198';
const PUBLISHED_URL = 'https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml';
const PUBLISHED_UUID = '3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36';
const PUBLISHED_PARAMS: Parameters = [
  ['Direction', 'outbound'],
  ['From', '19792014278'],
  ['ALegUUID', PUBLISHED_UUID],
  ['ALegRequestUUID', PUBLISHED_UUID],
  ['CallUUID', PUBLISHED_UUID],
  ['RequestUUID', PUBLISHED_UUID],
  ['CallStatus', 'in-progress'],
  ['BillRate', '0.002'],
  ['ParentAuthID', 'MANWVLYTK4ZWU1YTY4QA'],
  ['To', 'sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com'],
  ['SIP-H-To', '<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1'],
  ['SessionStart', '2020-04-08 11:34:33.238707'],
  ['Event', 'StartApp'],
];

const TOKEN = 'MjFhNmE4ZGJlOTkxYjA2YWQ5YzU1YTRkYzg3YjAy';
const NONCE = '71362294061850412275';
const B0: Parameters = [
  ['CallUUID', '0f2b4d7e-6a11-4c52-9a57-5d6f0e3c9b10'],
  ['From', '14155550111'],
  ['To', '14155550100'],
  ['Direction', 'inbound'],
  ['CallStatus', 'ringing'],
  ['Event', 'StartApp'],
];

describe('signing a webhook', () => {
  it.each<[WebhookMethod, string, string]>([
    ['POST', `${PUBLISHED_URL}/?a=b&c=d`, 'k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c='],
    ['GET', `${PUBLISHED_URL}/?a=b&c=d`, 'UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ='],
    ['POST', PUBLISHED_URL, 'iAjE5QqI37mbkYe4w3jTMudqEzbDufdqi7sYwTu64e0='],
    ['GET', PUBLISHED_URL, 'i/MQsaQSAd6fiKhOh2qeeeLHZ9faldADSb3/7+Akfbc='],
  ])('gives the published signature of %s %s', (method, url, expected) => {
    const request = { method, url, params: PUBLISHED_PARAMS, nonce: PUBLISHED_NONCE };
    expect(signV3(request, PUBLISHED_TOKEN)).toBe(expected);
  });

  it.each<[WebhookMethod, string, Parameters, string]>([
    ['POST', 'https://mask.example.com/voice/answer', B0, 'hr2m7ZAvblkqKSs8Zoz1ceiruLYtQ6/g7IIT5seQG6E='],
    ['POST', 'https://mask.example.com/voice/dial?leg=b&sid=42', B0, 'mbzGWdM+6ZHVnahSmupR5yKrqygw+p4YoeuYfYKL9Qo='],
    ['POST', 'https://mask.example.com/voice/dial?sid=42&leg=b', B0, 'mbzGWdM+6ZHVnahSmupR5yKrqygw+p4YoeuYfYKL9Qo='],
    ['GET', 'https://mask.example.com/voice/answer', B0, 'UfMO0b8bvCYZRgxqpSUz/HF/6Mq2U1fQEt39oawZDiU='],
    ['GET', 'https://mask.example.com/voice/answer?x=1', B0, '0iBv152j+nSCRo6gpS52C+k9G7mjDUC4qdG06i+SKFI='],
    ['POST', 'https://mask.example.com/voice/answer', [], 'yVrIUjveIAWVGA1S9ZBGzvUqlyhz3J9Ftm7go0rJ1rA='],
    ['POST', 'https://mask.example.com/v?a=1', [], 'vZ1R1OK6+BXXgDIRWhdWuEaYVx9dsB144DMlm8xM7gk='],
    ['POST', 'https://mask.example.com:8443/voice/answer', B0, 'jQlEc5fU2nmrjXrJaZ96fuyGOyihPGplPrsFYb0Mobg='],
    ['POST', 'https://mask.example.com:443/voice/answer', B0, 'vnmzMGkEB3YHD8eEHp8IF9QxmW+j7ZjjsLEwNOYgBes='],
    ['POST', 'https://mask.example.com/voice/answer?x=1#ct=2000', B0, 'vMz48dLsiO1EIhdKG7XUtEYvGae2OlgNXqtZhcndiZU='],
    ['POST', 'https://mask.example.com/v?name=a%20b%2Bc&z=%2B1', B0, 'zK9FLRANbnvOk9ZTZfCcPazKGiXl5uTzfTaenZrk14U='],
    ['POST', 'https://mask.example.com/v?name=a+b', B0, 'Wvy4qw0doIWqEsdlbpTmI5v+HD5yyH0GTb48aNX9sPU='],
    [
      'POST',
      'https://mask.example.com/v?a=2&a=1',
      [
        ['Digits', '9'],
        ['Digits', '3'],
        ['B', 'x'],
      ],
      'oNbtQFvwvAqBK3liVTkTjUjLsuoeTXqgIodUXXyLQkE=',
    ],
    ['POST', 'https://mask.example.com/v', [['CallerName', 'Zoë']], '2Fdf7xbzA6hlFWfgNQ6FMpGRhR8SK9IlXAHL0KHQxPQ='],
    ['POST', 'https://mask.example.com/v?e=', [['Z', '']], 'JLzmYqhhUzcPoHyvlt103M/1egJlprwcJKdtG/9kywE='],
    ['POST', 'http://127.0.0.1:8080/v', B0, '7K4jBZZQAuwHRtvMW/dtgdNNpzUK3At7hT+e4EnFfhs='],
  ])('gives the computed signature of %s %s', (method, url, params, expected) => {
    expect(signV3({ method, url, params, nonce: NONCE }, TOKEN)).toBe(expected);
  });

  it('gives the older signature, which covers neither query nor body', () => {
    expect(signV2('https://answer.url', '12345', 'my_auth_token')).toBe('ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=');
    expect(signV2('https://mask.example.com/voice/answer?x=1#ct=1', NONCE, TOKEN)).toBe(
      'LIaCr1yIZEnh5LIIYzDO1A3kySVNs1XIen7yLzDLLVc=',
    );
  });

  it('makes nonces of twenty digits, each its own', () => {
    const nonces = new Set(Array.from({ length: 100 }, newNonce));
    expect(nonces.size).toBe(100);
    for (const nonce of nonces) expect(nonce).toMatch(/^[1-9]\d{19}$/);
  });
});
