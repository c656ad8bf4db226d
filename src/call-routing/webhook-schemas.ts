/** What Plivo posts; which parameters are read is in docs/plivo-uncertainties.md and the readers of `plivo/`. */
export const FORM = {
  'application/x-www-form-urlencoded': {
    type: 'object',
    description: 'As Plivo documents it for this webhook. By GET the same parameters are the query.',
    additionalProperties: { type: 'string' },
    example: { CallUUID: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f', From: '14155550123', To: '14155550100' },
  },
};

export const XML = { 'application/xml': { type: 'string', example: '<Response><Hangup/></Response>' } };
