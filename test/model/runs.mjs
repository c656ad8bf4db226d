const LEND = ['OTHER_PAIR', 'ENDS', 'TICKS'];
const UPDATE = ['UPDATES', 'ENDS', 'TICKS'];
const WITHDRAW = ['WITHDRAWS', 'UPDATES'];
const ANSWER = ['ANSWERS', 'UPDATES', 'ENDS', 'TICKS', 'WITHDRAWS'];

/** Three requests at once; of a kind that is named here each process chooses what it may be about. */
function run(name, requests, given, more = {}) {
  const [first, second, third] = requests.split(' ');
  const { lacks, ...rest } = more;
  const defines = [`FIRST=${first}`, `SECOND=${second}`, `THIRD=${third}`, 'LAST=2', ...given];
  return { name, defines: lacks ? [...defines, lacks] : defines, ...rest };
}
const whole = (requests, given, more) => run(requests, requests, given, more);
const long = { isLong: true };

/** Every interleaving of them holds. */
export const RUNS = [
  whole('create end tick', LEND),
  whole('create create tick', LEND, long),
  whole('create create end', LEND, long),
  whole('create update end', UPDATE, long),
  whole('create update tick', UPDATE, long),
  whole('update update end', UPDATE),
  whole('create remove forget', WITHDRAW),
  whole('create drain remove', WITHDRAW),
  whole('update remove create', WITHDRAW, long),
  whole('answer answer end', ANSWER),
  whole('answer answer update', ANSWER),
  whole('answer create end', ANSWER, long),
  whole('answer update tick', ANSWER),
  whole('answer create remove', ANSWER, long),
];

const without = (lacks, requests, given, more) => run(lacks, requests, given, { lacks, ...more });

/** A rule that is left out, and requests in which it is missed. `coveredBy`: what else keeps the properties; both left out are caught. */
export const OMISSIONS = [
  without('NO_PLACE_KEY', 'create create end', LEND),
  without('NO_FREE_AFTER', 'create create end', LEND),
  without('NO_PAIR_KEY', 'create create tick', LEND),
  without('NO_COOL_OFF', 'create end create', LEND),
  without('NO_RELEASE', 'create end tick', LEND),
  without('NO_LOCK_IN_RENEWAL', 'create end tick', LEND),
  without('NO_LOCK_IN_END', 'create end tick', LEND),
  without('NO_LOCK_IN_TICK', 'create end tick', LEND),
  without('NO_LOCK_IN_UPDATE', 'create update end', UPDATE),
  without('NO_HOLD', 'create create tick', LEND),
  without('NO_HOLD_CHECK', 'create create tick', LEND),
  without('TAKES_UNCHECKED', 'create update end', UPDATE),
  without('NO_WAY_MADE', 'create end tick', LEND),
  without('NO_PAIR_CLEARED', 'create end tick', LEND, { coveredBy: 'NO_WAY_MADE' }),
  without('STALE_RETRY', 'create end tick', LEND),
  without('REFUSED_IS_SUCCESS', 'create end tick', LEND),
  without('NO_WITHDRAWAL_CHECK', 'create drain remove', WITHDRAW),
  without('NO_LIVE_USE', 'create remove forget', WITHDRAW),
  without('NO_OVERDUE_LOCK', 'create remove forget', WITHDRAW),
  without('CLOCK_READ_BEFORE_LOCK', 'create remove forget', WITHDRAW),
  without('NO_LIVE_IN_ANSWER', 'answer answer end', ANSWER),
  without('NO_PARTY_IN_ANSWER', 'answer update tick', ANSWER),
  without('NO_LOCK_IN_ANSWER', 'answer answer end', ANSWER),
];
