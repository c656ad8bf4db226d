import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseCaller, type E164 } from '../telephony/phone.js';
import {
  connectXml,
  emptyXml,
  gatherDigitsXml,
  hangupXml,
  playAndHangupXml,
  playXml,
  redirectXml,
  refuseXml,
  type ConnectCall,
} from './xml.js';
import { anyCharacter } from '../../test/support/any-character.js';

const to = parseCaller('14155550111')!;
const callerId = parseCaller('14155550100')!;
const call: ConnectCall = {
  to,
  callerId,
  timeLimitSeconds: 3600,
  ringTimeoutSeconds: 45,
  eventUrl: 'https://mask.example.com/plivo/event?call=7&leg=b#rc=3&rp=all',
  actionUrl: 'https://mask.example.com/plivo/after?call=7',
};

interface Node {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Node[];
}

/** The document as Plivo's own parser would see it; fails on anything that is not well-formed. */
function read(xml: string): Node {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    trimValues: false,
  });
  const [root, ...rest] = (parser.parse(xml) as Record<string, unknown>[]).map(nodeOf);
  expect(rest).toEqual([]);
  return root!;
}

function nodeOf(raw: Record<string, unknown>): Node {
  const name = Object.keys(raw).find((key) => key !== ':@')!;
  const inner = raw[name] as Record<string, unknown>[];
  const text = inner.map((each) => each['#text'] ?? '').join('');
  return {
    name,
    attributes: (raw[':@'] ?? {}) as Record<string, string>,
    text,
    children: inner.filter((each) => !('#text' in each)).map(nodeOf),
  };
}

describe('connecting a caller', () => {
  it('dials one number and shows the virtual number as caller id and as name', () => {
    expect(connectXml(call)).toBe(
      '<Response><Dial callerId="+14155550100" callerName="+14155550100" timeout="45" timeLimit="3600" ' +
        'callbackUrl="https://mask.example.com/plivo/event?call=7&amp;leg=b#rc=3&amp;rp=all" callbackMethod="POST" ' +
        'action="https://mask.example.com/plivo/after?call=7" method="POST" redirect="true"><Number>+14155550111</Number></Dial></Response>',
    );
  });

  it('plays to the caller first, records from the answer, and plays to the called party before joining', () => {
    const xml = connectXml({
      ...call,
      play: 'https://media.example.com/hello.mp3',
      confirmSoundUrl: 'https://mask.example.com/plivo/confirm?call=7',
      record: { format: 'wav', callbackUrl: 'https://mask.example.com/plivo/recording?call=7' },
    });
    const [play, record, dial] = read(xml).children;
    expect(play).toMatchObject({ name: 'Play', text: 'https://media.example.com/hello.mp3' });
    expect(record).toEqual({
      name: 'Record',
      text: '',
      children: [],
      attributes: {
        startOnDialAnswer: 'true',
        redirect: 'false',
        fileFormat: 'wav',
        maxLength: '3600',
        callbackUrl: 'https://mask.example.com/plivo/recording?call=7',
        callbackMethod: 'POST',
      },
    });
    expect(dial!.attributes['confirmSound']).toBe('https://mask.example.com/plivo/confirm?call=7');
  });

  it('stays one Dial of one Number with the expected attributes, whatever the URLs hold', () => {
    const piece = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 20 }),
      fc.constantFrom(
        '"',
        "'",
        '&',
        '<',
        '>',
        '&quot;',
        '&amp;quot;',
        '" callerName="+19995550199',
        '</Dial><Number>+19995550199</Number>',
        ']]>',
        '\u0000',
        '%22',
      ),
    );
    const url = fc
      .tuple(
        fc.constantFrom('http', 'https'),
        fc.array(piece, { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
        fc.array(piece, { maxLength: 3 }),
      )
      .map(
        ([scheme, path, query, fragment]) =>
          `${scheme}://user@mask.example.com/${path.join('')}?${query.join('')}#${fragment.join('')}`,
      );
    fc.assert(
      fc.property(url, url, url, url, (eventUrl, actionUrl, confirmSoundUrl, play) => {
        const root = read(connectXml({ ...call, eventUrl, actionUrl, confirmSoundUrl, play }));
        expect(root.children.map((child) => child.name)).toEqual(['Play', 'Dial']);
        expect(root.children[0]).toMatchObject({ attributes: {}, text: new URL(play).href });
        expect(root.children[1]).toEqual({
          name: 'Dial',
          text: '',
          attributes: {
            callerId: '+14155550100',
            callerName: '+14155550100',
            timeout: '45',
            timeLimit: '3600',
            callbackUrl: new URL(eventUrl).href,
            callbackMethod: 'POST',
            action: new URL(actionUrl).href,
            method: 'POST',
            redirect: 'true',
            confirmSound: new URL(confirmSoundUrl).href,
          },
          children: [{ name: 'Number', attributes: {}, text: '+14155550111', children: [] }],
        });
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, Partial<ConnectCall>]>([
    ['a number with a plus', { to: '+14155550111' as E164 }],
    ['a number that opens an attribute', { callerId: '1415555" callerName="1' as E164 }],
    ['a number of six digits', { to: '141555' as E164 }],
    ['a number with a leading zero', { to: '04155550111' as E164 }],
    ['a number with a line end', { to: '14155550111\n' as E164 }],
    ['an absent number', { to: undefined as unknown as E164 }],
    ['a relative URL', { eventUrl: '/plivo/event' }],
    ['another scheme', { actionUrl: 'javascript:alert(1)' }],
    ['an endless URL', { actionUrl: `https://mask.example.com/${'a'.repeat(5000)}` }],
    ['no time at all', { timeLimitSeconds: 0 }],
    ['more than a day', { timeLimitSeconds: 86_401 }],
    ['half seconds', { ringTimeoutSeconds: 1.5 }],
    ['no ring time', { ringTimeoutSeconds: Number.NaN }],
    ['another file format', { record: { format: 'ogg' as 'wav', callbackUrl: call.eventUrl } }],
  ])('throws on %s, without repeating it', (_, change) => {
    expect(() => connectXml({ ...call, ...change })).toThrow(/^XML: expected/);
    expect(() => connectXml({ ...call, ...change })).not.toThrow(/14155|plivo\/event|alert/);
  });
});

describe('refusing a caller', () => {
  it('hangs up with a reason and without answering', () => {
    expect(hangupXml('rejected')).toBe('<Response><Hangup reason="rejected"/></Response>');
    expect(refuseXml({ reason: 'busy' })).toBe('<Response><Hangup reason="busy"/></Response>');
    expect(hangupXml()).toBe('<Response><Hangup/></Response>');
    expect(redirectXml('https://ivr.example/in?a=1&b=2')).toBe(
      '<Response><Redirect method="POST">https://ivr.example/in?a=1&amp;b=2</Redirect></Response>',
    );
  });

  it('speaks or plays first', () => {
    expect(refuseXml({ say: { text: 'Nobody is here.', language: 'en-GB' } })).toBe(
      '<Response><Speak language="en-GB">Nobody is here.</Speak><Hangup/></Response>',
    );
    expect(playAndHangupXml('https://media.example.com/a.mp3?x=1&y=2')).toBe(
      '<Response><Play>https://media.example.com/a.mp3?x=1&amp;y=2</Play><Hangup/></Response>',
    );
  });

  it('speaks any text as text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), (noise) => {
        const [speak, hangup] = read(
          refuseXml({ say: { text: `Sorry ${noise} "<b>&quot;`, language: 'arb' } }),
        ).children;
        expect(speak).toMatchObject({ name: 'Speak', attributes: { language: 'arb' }, children: [] });
        expect(speak!.text).toMatch(/^Sorry .*<b>&quot;$/su);
        expect(speak!.text).not.toMatch(/["\p{Cc}\p{Cs}]/u);
        expect(hangup!.name).toBe('Hangup');
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a redirect to something else than a web page', () => redirectXml('tel:+14155550111')],
    ['an odd language', () => refuseXml({ say: { text: 'a', language: 'en-US" voice="MAN' } })],
    ['nothing to say', () => refuseXml({ say: { text: '\u0000"', language: 'en-US' } })],
    ['too much to say', () => refuseXml({ say: { text: 'a'.repeat(3001), language: 'en-US' } })],
    ['another reason', () => refuseXml({ reason: 'gone' as 'busy' })],
    ['a local file', () => playAndHangupXml('file:///etc/hostname')],
  ])('throws on %s', (_, write) => {
    expect(write).toThrow(/^XML: expected/);
  });
});

describe('the other documents', () => {
  it('writes an empty answer and one that plays', () => {
    expect(emptyXml()).toBe('<Response/>');
    expect(playXml('https://media.example.com/a.mp3')).toBe(
      '<Response><Play>https://media.example.com/a.mp3</Play></Response>',
    );
  });

  it('asks for digits without having them logged, and asks the action when none came', () => {
    const actionUrl = 'https://mask.example.com/plivo/pin?try=2';
    const root = read(
      gatherDigitsXml({
        play: 'https://m.example.com/wrong.mp3',
        promptUrl: 'https://m.example.com/pin.mp3',
        actionUrl,
        numDigits: 6,
        timeoutSeconds: 5,
      }),
    );
    expect(root.children.map((child) => [child.name, child.text])).toEqual([
      ['Play', 'https://m.example.com/wrong.mp3'],
      ['GetDigits', ''],
      ['Redirect', actionUrl],
    ]);
    expect(root.children[1]).toMatchObject({
      attributes: {
        action: actionUrl,
        method: 'POST',
        timeout: '5',
        digitTimeout: '5',
        numDigits: '6',
        retries: '1',
        log: 'false',
        validDigits: '0123456789',
      },
      children: [{ name: 'Play', text: 'https://m.example.com/pin.mp3' }],
    });
  });
});
