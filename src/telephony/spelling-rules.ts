/**
 * One way in which a phone has several international spellings. Each is matched against all digits and rewritten to the form on the right; whatever already
 * has that form is left alone. Each is narrow enough that what it matches can be nobody else's: the lengths and leading digits are those of the ranges
 * concerned.
 *
 * Left out on purpose: numbers that another country's plan still holds. Kosovo's old ones under +377, +381 and +386 are somebody else's today, or may be.
 */
interface SpellingRule {
  /** Why there are two, and who says so. */
  source: string;
  spellings: readonly (readonly [spelling: RegExp, person: string])[];
}

/** By the calling code of the spelling that is rewritten. With every change `IDENTITY_VERSION` is raised, so that what is stored follows. */
export const SPELLING_RULES: Readonly<Record<string, readonly SpellingRule[]>> = {
  54: [
    {
      source:
        'Argentina, national numbering plan (ENACOM): abroad a mobile is 9, area, subscriber; inside the country area, 15, subscriber; the ten digits are the same',
      spellings: [[/^549([1-3]\d{9})$/, '54$1']],
    },
    {
      source:
        'Argentina: the national 15 kept behind the area code in an international spelling; with it, area and subscriber have twelve digits',
      spellings: [[/^549?(?:(11)15(\d{8})|([23]\d\d)15(\d{7})|([23]\d{3})15(\d{6}))$/, '54$1$2$3$4$5$6']],
    },
  ],
  55: [
    {
      source:
        'Brazil, Anatel resolution 553/2010: mobiles got a ninth digit, 9, between 2012 and 2016; some networks still leave it out. Without the trunked radio ranges 70 and 77 to 79, which never got one; fixed lines begin with 2 to 5',
      spellings: [[/^55([1-9]\d)([689]\d{7}|7[1-6]\d{6})$/, '55$19$2']],
    },
  ],
  970: [
    {
      source: 'Palestine: the same lines are reached under +970 and +972; ranges as in libphonenumber for PS',
      spellings: [[/^970(5[69]\d{7}|(?:22[2-47-9]|42[45]|82[014-68]|92[3569])\d{5})$/, '972$1']],
    },
  ],
  997: [
    {
      source: 'Kazakhstan: +997 is assigned to it beside its share of +7 (ITU list of country codes)',
      spellings: [[/^997([67]\d{9})$/, '7$1']],
    },
  ],
  39: [
    {
      source: 'San Marino: lines behind area code 0549 are reached through Italy and under +378',
      spellings: [[/^390549([89]\d{5})$/, '3780549$1']],
    },
  ],
  378: [
    {
      source: 'San Marino: the area code 0549 may be left out under +378',
      spellings: [[/^378([89]\d{5})$/, '3780549$1']],
    },
  ],
  33: [
    {
      source:
        "France's plan holds the overseas ranges too (ARCEP): national numbers 05xx and 06xx of Guadeloupe, Guiana, Martinique, Réunion and Mayotte appear with +33 where a network completes the national form",
      spellings: [
        [/^33([56]90\d{6}|691\d{6})$/, '590$1'],
        [/^33([56]94\d{6})$/, '594$1'], // Guiana
        [/^33([56]96\d{6}|697\d{6})$/, '596$1'], // Martinique
        [/^33(262\d{6}|263[01]\d{5}|269\d{6}|639\d{6}|69[23]\d{6})$/, '262$1'], // Réunion and Mayotte
        [/^33(7090[0-4]\d{4})$/, '590$1'], // mobiles 0709, which ARCEP keeps for overseas since 2023; Guadeloupe
        [/^33(7093[0-3]\d{4})$/, '594$1'], // Guiana
        [/^33(7091[0-3]\d{4})$/, '596$1'], // Martinique
        [/^33(7092[0-3]\d{4}|7093[5-7]\d{4})$/, '262$1'], // Réunion and Mayotte
      ],
    },
  ],
  229: [
    {
      source: 'Benin, ARCEP: on 30 November 2024 all numbers became ten digits by 01 in front',
      spellings: [[/^229([24-69]\d{7})$/, '22901$1']],
    },
  ],
  225: [
    {
      source:
        'Ivory Coast, ARTCI: on 31 January 2021 mobiles of eight digits got 01, 05 or 07 in front, by the operator that their second digit tells',
      spellings: [
        [/^225([04-9][0-3]\d{6})$/, '22501$1'],
        [/^225([04-9][4-6]\d{6})$/, '22505$1'], // MTN
        [/^225([04-9][7-9]\d{6})$/, '22507$1'], // Orange
        [/^225((?:2(?:0[23]|1[2357]|2[245]|3[45]|4[3-5])|3(?:06|1[69]|[2-6]7))\d{5})$/, '22527$1'], // the fixed lines of Orange got 27; ranges as in libphonenumber for CI
      ],
    },
  ],
  57: [
    {
      source:
        'Colombia, CRC resolution 5826 of 2019: since September 2021 fixed lines are 60 and the old area code, then seven digits',
      spellings: [[/^57([124-8][2-9]\d{6})$/, '5760$1']],
    },
  ],
  241: [
    {
      source:
        'Gabon, ARCEP: in June 2019 numbers got an operator prefix (0X → 6X, 7X or 11); the leading 0 may stand in international spellings',
      spellings: [
        [/^2410?([256]\d{6})$/, '2416$1'],
        [/^2410?([47]\d{6})$/, '2417$1'], // Airtel
        [/^2410?1(\d{6})$/, '24111$1'], // fixed lines
        [/^2410(11\d{6}|6[0-256]\d{6}|7[467]\d{6})$/, '241$1'], // the new numbers with the leading 0
      ],
    },
  ],
  237: [
    {
      source:
        'Cameroon, ART: in November 2014 mobiles got a 6 and fixed lines a 2 in front of their eight digits. Without 88, which is toll-free with eight digits',
      spellings: [
        [/^237([5-79]\d{7}|8[0-79]\d{6})$/, '2376$1'],
        [/^237((?:22|33)\d{6})$/, '2372$1'], // fixed lines
      ],
    },
  ],
  230: [
    {
      source: 'Mauritius, ICTA: in September 2013 mobiles got a 5 in front of their seven digits',
      spellings: [[/^230([79]\d{6})$/, '2305$1']],
    },
  ],
  84: [
    {
      source: 'Vietnam, MIC plan 798/QD-BTTTT: in September 2018 mobiles of eleven digits became ten (016x → 03x)',
      spellings: [
        [/^8416([2-9]\d{7})$/, '843$1'],
        [/^84120(\d{7})$/, '8470$1'], // Mobifone 0120 → 070
        [/^84121(\d{7})$/, '8479$1'], // Mobifone 0121 → 079
        [/^84122(\d{7})$/, '8477$1'], // Mobifone 0122 → 077
        [/^84126(\d{7})$/, '8476$1'], // Mobifone 0126 → 076
        [/^84128(\d{7})$/, '8478$1'], // Mobifone 0128 → 078
        [/^8412([345]\d{7})$/, '848$1'], // Vinaphone 0123 to 0125 → 083 to 085
        [/^84127(\d{7})$/, '8481$1'], // Vinaphone 0127 → 081
        [/^84129(\d{7})$/, '8482$1'], // Vinaphone 0129 → 082
        [/^8418([68]\d{7})$/, '845$1'], // 0186, 0188 → 056, 058
        [/^84199(\d{7})$/, '8459$1'], // Gmobile 0199 → 059
      ],
    },
  ],
  593: [
    {
      source:
        'Ecuador, CONATEL: on 30 September 2012 mobiles got a 9 in front of their eight digits; fixed lines begin with 2 to 7',
      spellings: [[/^593([89]\d{7})$/, '5939$1']],
    },
  ],
  995: [
    {
      source: 'Georgia, GNCC: in 2011 mobiles got a 5 in front of their eight digits; no number has eight since',
      spellings: [
        [/^995((?:5[578]|68|[79]\d)\d{6})$/, '9955$1'],
        [/^99532(\d{6})$/, '995322$1'], // Tbilisi got a 2 behind its 32
      ],
    },
  ],
  506: [
    {
      source:
        'Costa Rica, MINAE: on 20 March 2008 fixed lines got a 2 in front of their seven digits; no number has seven since',
      spellings: [
        [/^506([24-7]\d{6})$/, '5062$1'],
        [/^506([38]\d{6})$/, '5068$1'], // mobiles got an 8
      ],
    },
  ],
  974: [
    {
      source:
        'Qatar, ictQATAR: on 28 July 2010 the first of the seven digits was doubled; with seven, 2 and 8 alone are left',
      spellings: [[/^974([4-7])(\d{6})$/, '974$1$1$2']],
    },
  ],
  20: [
    {
      source:
        'Egypt, NTRA: on 6 October 2011 mobiles of nine digits got a digit behind their prefix: Vodafone 10 → 100; no number of nine begins so',
      spellings: [
        [/^2010(\d{7})$/, '20100$1'],
        [/^2016(\d{7})$/, '20106$1'], // Vodafone 16 → 106
        [/^2019(\d{7})$/, '20109$1'], // Vodafone 19 → 109
        [/^2011(\d{7})$/, '20111$1'], // Etisalat 11 → 111
        [/^2014(\d{7})$/, '20114$1'], // Etisalat 14 → 114
        [/^2012(\d{7})$/, '20122$1'], // Mobinil 12 → 122
        [/^2017(\d{7})$/, '20127$1'], // Mobinil 17 → 127
        [/^2018(\d{7})$/, '20128$1'], // Mobinil 18 → 128
      ],
    },
  ],
  56: [
    {
      source:
        'Chile, Subtel: in November 2012 the lines of Santiago (2) got a 2 in front of their seven digits; no number has eight since',
      spellings: [[/^562([2-9]\d{6})$/, '5622$1']],
    },
    {
      source: 'Chile, Subtel: 09 before mobiles, dialled inside the country until 2016; no number begins with 0',
      spellings: [[/^560(9\d{8})$/, '56$1']],
    },
  ],
  599: [
    {
      source: 'Sint Maarten, NANPA planning letter PL-423: since 30 September 2011 its 5xx xxxx of +599 are +1 721',
      spellings: [[/^599(5\d{6})$/, '1721$1']],
    },
  ],
  353: [
    {
      source:
        'Northern Ireland, ComReg numbering conditions: 048 is how its lines, +44 28, are dialled from Ireland, and is nothing else',
      spellings: [[/^35348(\d{8})$/, '4428$1']],
    },
  ],
};
