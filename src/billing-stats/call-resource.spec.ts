import { describe, expect, it } from '@jest/globals';
import type { FoundSessionLeg } from '../call-routing/index.js';
import { callResource } from './call-resource.js';

const AT = Date.UTC(2026, 10, 22, 19, 5, 0);

const found = (
  leg: Partial<FoundSessionLeg['leg']> = {},
  more: Partial<Omit<FoundSessionLeg, 'leg'>> = {},
): FoundSessionLeg =>
  ({
    kind: 'inbound',
    aLegUuid: 'leg-a',
    session: { first_party: '14155550001', second_party: '14155550002', virtual_number: '12025550000' },
    ...more,
    leg: {
      legUuid: 'leg-a',
      side: 'A',
      role: 'first',
      status: 'completed',
      startedAt: AT,
      answeredAt: AT + 1000,
      endedAt: AT + 61_000,
      duration: 60,
      billedDuration: 120,
      amount: 17_000,
      hangupCauseCode: 4000,
      hangupCauseName: 'Normal Hangup',
      hangupSource: 'Callee',
      ...leg,
    },
  }) as FoundSessionLeg;
const shown = (...given: Parameters<typeof found>) => callResource(found(...given), '/v1/Account/MA/Call/leg-a/');

describe('the resource of a call', () => {
  it("has the shape of Plivo's call records", () => {
    expect(shown()).toEqual({
      answer_time: '2026-11-22 19:05:01+00:00',
      call_duration: 60,
      bill_duration: 60,
      billed_duration: 120,
      total_amount: '0.01700',
      total_rate: '0.00850',
      call_direction: 'inbound',
      call_state: 'ANSWER',
      call_uuid: 'leg-a',
      cnam_lookup: '',
      conference_uuid: null,
      end_time: '2026-11-22 19:06:01+00:00',
      from_number: '14155550001',
      hangup_cause_code: 4000,
      hangup_cause_name: 'Normal Hangup',
      hangup_source: 'Callee',
      initiation_time: '2026-11-22 19:05:00+00:00',
      parent_call_uuid: null,
      resource_uri: '/v1/Account/MA/Call/leg-a/',
      source_ip: '',
      stir_attestation: '',
      stir_verification: 'Not Applicable',
      to_number: '12025550000',
      voice_network_group: '',
    });
  });

  it.each([
    ['a caller', 'A', 'first', 'inbound', ['inbound', '14155550001', '12025550000', null]],
    ['a caller in the second role', 'A', 'second', 'inbound', ['inbound', '14155550002', '12025550000', null]],
    ['who was called', 'B', 'second', 'inbound', ['outbound', '12025550000', '14155550002', 'leg-a']],
    ['the first party of a requested call', 'A', 'first', 'request', ['outbound', '12025550000', '14155550001', null]],
    [
      'the second party of a requested call',
      'B',
      'second',
      'request',
      ['outbound', '12025550000', '14155550002', 'leg-a'],
    ],
  ] as const)('tells who rang whom: %s', (_, side, role, kind, expected) => {
    const resource = shown({ side, role }, { kind });

    expect([resource.call_direction, resource.from_number, resource.to_number, resource.parent_call_uuid]).toEqual(
      expected,
    );
  });

  it('of a call that was not answered is in capitals how it ended', () => {
    expect(shown({ status: 'no-answer' }).call_state).toBe('NO-ANSWER');
  });

  it('has no times, lengths and prices that are not known', () => {
    const unknown = {
      startedAt: null,
      answeredAt: null,
      endedAt: null,
      duration: null,
      billedDuration: null,
      amount: null,
    };

    expect(shown(unknown)).toMatchObject({
      answer_time: null,
      end_time: null,
      initiation_time: null,
      call_duration: 0,
      billed_duration: 0,
      total_amount: '0.00000',
      total_rate: '0.00000',
    });
  });

  it.each([
    [0, 60, '0.00000', '0.00000'],
    [1, 60, '0.000001', '0.000001'],
    [10, 60, '0.00001', '0.00001'],
    [12_345_678, 60, '12.345678', '12.345678'],
    [12_345_670, 180, '12.34567', '4.115223'],
    [1_000_000, 30, '1.00000', '2.00000'],
    [8500, 0, '0.00850', '0.00000'],
  ])('prices %i micro-units for %i s with five places, and a sixth that is none', (amount, billed, total, rate) => {
    expect(shown({ amount, billedDuration: billed })).toMatchObject({ total_amount: total, total_rate: rate });
  });
});
