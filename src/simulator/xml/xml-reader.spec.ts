import { describe, expect, it } from '@jest/globals';
import { InvalidXml, readDocument } from './xml-reader.js';

const response = (content: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${content}</Response>`;

describe('reading a document', () => {
  it('gives elements, decoded attributes and text', () => {
    const xml = response(
      '<Dial callerId="+14155550100" action="http://a.example/?x=1&amp;y=2"><Number> 14155550111 </Number></Dial>' +
        '<Speak>it&#39;s &lt;you&gt; &amp;amp;</Speak><!-- said --><Hangup/>',
    );
    expect(readDocument(xml)).toEqual([
      {
        name: 'Dial',
        attributes: { callerId: '+14155550100', action: 'http://a.example/?x=1&y=2' },
        text: '',
        children: [{ name: 'Number', attributes: {}, text: '14155550111', children: [] }],
      },
      { name: 'Speak', attributes: {}, text: "it's <you> &amp;", children: [] },
      { name: 'Hangup', attributes: {}, text: '', children: [] },
    ]);
  });

  it('takes an empty Response', () => {
    expect(readDocument('<Response/>')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['no XML', 'hello'],
    ['another root', '<Reply/>'],
    ['two roots', '<Response/><Response/>'],
    ['text after the root', '<Response/>done'],
    ['an open tag', '<Response><Speak>a</Response>'],
    ['an unknown element', response('<Reject/>')],
    ['an inherited name', response('<constructor/>')],
    ['a wrong case', response('<speak>a</speak>')],
    ['an unknown attribute', response('<Dial ringTone="us"><Number>14155550111</Number></Dial>')],
    ['an inherited attribute', response('<Wait constructor="1"/>')],
    ['a value out of range', response('<Dial timeout="0"><Number>14155550111</Number></Dial>')],
    ['a bad boolean', response('<Dial redirect="yes"><Number>14155550111</Number></Dial>')],
    ['a Number outside Dial', response('<Number>14155550111</Number>')],
    ['a Dial in a Dial', response('<Dial><Dial><Number>14155550111</Number></Dial></Dial>')],
    ['a Dial to nobody', response('<Dial/>')],
    ['an empty Number', response('<Dial><Number/></Dial>')],
    ['text in Dial', response('<Dial>x<Number>14155550111</Number></Dial>')],
    ['a bare ampersand in text', response('<Play>http://a.example/?x=1&y=2</Play>')],
    [
      'a bare ampersand in an attribute',
      response('<Dial action="http://a/?x=1&y=2"><Number>14155550111</Number></Dial>'),
    ],
    ['a bare angle bracket in an attribute', response('<Dial action="a<b"><Number>14155550111</Number></Dial>')],
    ['an attribute twice', response('<Wait length="1" length="2"/>')],
    ['a DTD', '<!DOCTYPE x [<!ENTITY a "b">]><Response><Speak>&a;</Speak></Response>'],
    ['more than 100 KB', response(`<Speak>${'a'.repeat(100 * 1024)}</Speak>`)],
  ])('refuses %s', (_what, xml) => {
    expect(() => readDocument(xml)).toThrow(InvalidXml);
  });
});
