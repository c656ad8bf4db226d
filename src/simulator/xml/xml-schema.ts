/** What an element may contain. Attribute values are checked against a pattern; anything not listed is refused. */
export interface ElementRule {
  children: readonly string[];
  text: 'required' | 'none';
  attributes: Readonly<Record<string, RegExp>>;
}

const ANY = /^/;
const BOOLEAN = /^(true|false)$/;
const POSITIVE = /^[1-9]\d{0,6}$/;
const COUNT = /^\d{1,6}$/;
const METHOD = /^(GET|POST)$/;

/** `method` beside an action has a hang-up code of its own, so its value is judged when it is used. */
const ACTION = { action: ANY, method: ANY, redirect: BOOLEAN };
const CALLBACK = { callbackUrl: ANY, callbackMethod: METHOD };
const TRANSCRIPTION = {
  transcriptionType: ANY,
  transcriptionUrl: ANY,
  transcriptionMethod: METHOD,
  transcriptionReportType: ANY,
};

function rule(attributes: ElementRule['attributes'], children: readonly string[] = []): ElementRule {
  return { children, text: 'none', attributes };
}

function textRule(attributes: ElementRule['attributes']): ElementRule {
  return { children: [], text: 'required', attributes };
}

const PROMPTS = ['Speak', 'Play'];

/** Plivo's elements, as documented. `Response` lists what may stand at the top. */
export const ELEMENT_RULES: Readonly<Record<string, ElementRule>> = {
  Response: rule({}, [
    'Speak',
    'Play',
    'GetDigits',
    'GetInput',
    'Record',
    'Dial',
    'Message',
    'Redirect',
    'Wait',
    'Hangup',
    'PreAnswer',
    'Conference',
    'DTMF',
  ]),
  Speak: textRule({ voice: ANY, language: /^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$/, loop: COUNT }),
  Play: textRule({ loop: COUNT }),
  Wait: rule({ length: POSITIVE, silence: BOOLEAN, minSilence: COUNT, beep: BOOLEAN }),
  Hangup: rule({ reason: /^(rejected|busy)$/, schedule: POSITIVE }),
  Redirect: textRule({ method: ANY }),
  Dial: rule(
    {
      ...ACTION,
      ...CALLBACK,
      hangupOnStar: BOOLEAN,
      timeLimit: POSITIVE,
      timeout: POSITIVE,
      callerId: ANY,
      callerName: /^.{0,50}$/su,
      confirmSound: ANY,
      confirmKey: /^[0-9*#]$/,
      confirmTimeout: POSITIVE,
      dialMusic: ANY,
      digitsMatch: ANY,
      digitsMatchBLeg: ANY,
      sipHeaders: ANY,
      callType: /^(voice|whatsapp)$/,
    },
    ['Number', 'User'],
  ),
  Number: textRule({ sendDigits: ANY, sendOnPreanswer: BOOLEAN, sendDigitsMode: ANY, callerId: ANY, callerName: ANY }),
  User: textRule({ sendDigits: ANY, sendOnPreanswer: BOOLEAN, sipHeaders: ANY }),
  PreAnswer: rule({}, [...PROMPTS, 'Wait']),
  Record: rule({
    ...ACTION,
    ...CALLBACK,
    ...TRANSCRIPTION,
    fileFormat: /^(mp3|wav)$/,
    timeout: POSITIVE,
    maxLength: POSITIVE,
    playBeep: BOOLEAN,
    finishOnKey: ANY,
    recordSession: BOOLEAN,
    startOnDialAnswer: BOOLEAN,
    recordChannelType: /^(mono|stereo)$/,
  }),
  GetDigits: rule(
    {
      ...ACTION,
      timeout: POSITIVE,
      digitTimeout: POSITIVE,
      finishOnKey: ANY,
      numDigits: POSITIVE,
      retries: COUNT,
      playBeep: BOOLEAN,
      validDigits: /^[0-9*#]+$/,
      invalidDigitsSound: ANY,
      log: BOOLEAN,
    },
    PROMPTS,
  ),
  GetInput: rule(
    {
      ...ACTION,
      inputType: /^(dtmf|speech|dtmf speech)$/,
      executionTimeout: POSITIVE,
      digitEndTimeout: ANY,
      speechEndTimeout: ANY,
      numDigits: POSITIVE,
      finishOnKey: ANY,
      language: ANY,
      speechModel: ANY,
      hints: ANY,
      profanityFilter: BOOLEAN,
      interimSpeechResultsCallback: ANY,
      interimSpeechResultsCallbackMethod: METHOD,
      log: BOOLEAN,
    },
    PROMPTS,
  ),
  DTMF: textRule({ async: BOOLEAN }),
  Message: textRule({ ...CALLBACK, src: ANY, dst: ANY, type: ANY }),
  Conference: textRule({
    ...ACTION,
    ...CALLBACK,
    ...TRANSCRIPTION,
    muted: BOOLEAN,
    enterSound: ANY,
    exitSound: ANY,
    startConferenceOnEnter: BOOLEAN,
    endConferenceOnExit: BOOLEAN,
    stayAlone: BOOLEAN,
    waitSound: ANY,
    maxMembers: POSITIVE,
    timeLimit: POSITIVE,
    hangupOnStar: BOOLEAN,
    record: BOOLEAN,
    recordFileFormat: /^(mp3|wav)$/,
    digitsMatch: ANY,
    floorEvent: BOOLEAN,
    relayDTMF: BOOLEAN,
  }),
};
