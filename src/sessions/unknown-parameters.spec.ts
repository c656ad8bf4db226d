import { describe, expect, it } from '@jest/globals';
import { warningsAboutList } from './session-list.dto.js';
import { KNOWN_PARAMETERS } from './session-request.dto.js';
import { warningsAbout } from '../platform/http/unknown-parameters.js';

const about = (...names: string[]) => warningsAbout(names, KNOWN_PARAMETERS);

describe('parameters that nobody knows', () => {
  it('are none of the documented ones, of their other spellings, and of what official clients send along', () => {
    expect(about(...KNOWN_PARAMETERS, 'sub_account', 'geo_match', 'isVoiceRequest')).toEqual({});
    expect(about('session_uuid', 'pin_authentication_required')).toEqual({});
  });

  it.each([
    ['sesion_expiry', 'session_expiry'],
    ['Session_Expiry', 'session_expiry'],
    ['callbackurl', 'callback_url'],
    ['first_partty', 'first_party'],
  ])('%s was meant as %s', (name, meant) => {
    expect(about(name)).toEqual({
      warnings: [`${name} is no parameter of this request and was ignored: did you mean ${meant}?`],
    });
  });

  it('are named without a guess where none is near', () => {
    expect(about('colour')).toEqual({ warnings: ['colour is no parameter of this request and was ignored'] });
  });

  it('are not repeated where they could be a number or a token, and at most twenty are told', () => {
    expect(JSON.stringify(about('+14155550123', 'a'.repeat(41)))).not.toMatch(/4155550123|aaaa/);
    const many = Array.from({ length: 500 }, (_, index) => `x${'y'.repeat(index % 39)}`);
    expect(about(...many).warnings?.length).toBe(20);
  });

  it('of a list are found in the spellings of official clients too', () => {
    const known = {
      created_time_gt: '',
      created_times: '',
      expiry_time__lte: '',
      session_duration: '',
      sub_account: '',
    };
    expect(warningsAboutList(known)).toEqual({});
    expect(warningsAboutList({ ofset: '1', since_when: '' }).warnings).toEqual([
      'ofset is no parameter of this request and was ignored: did you mean offset?',
      'since_when is no parameter of this request and was ignored',
    ]);
  });
});
