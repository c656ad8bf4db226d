/* A process of the service: begins a transaction, runs its statements, commits. Each atomic block is one statement, or one row of one. */

inline claim(p) {
  atomic {
    if
#ifdef NO_PLACE_KEY
    :: p != 0 && (N[n].sid[p] == 0 || N[n].free[p] > now) -> skip
#endif
#ifdef NO_FREE_AFTER
    :: p == 0 || MINE(N[n].lock[p]) -> N[n].lock[p] = (p == 0 -> 0 : me)
#else
    :: p == 0 || (MINE(N[n].lock[p]) && FREE(n, p, now)) -> N[n].lock[p] = (p == 0 -> 0 : me)
#ifndef NO_PLACE_KEY
    :: p != 0 && MINE(N[n].lock[p]) && !FREE(n, p, now) -> goto contended
#endif
#endif
    OR_LOSES(N[n].lock[p])
    OR_DIES
    fi
  }
}

inline extend(p) {
  atomic {
    if
    :: p == 0 || (MINE(N[n].lock[p]) && N[n].sid[p] == s) -> N[n].lock[p] = (p == 0 -> 0 : me)
    :: p == b && op == update -> skip  /* the row that this transaction has just claimed */
#ifdef NO_HOLD_CHECK
    :: p != 0 && N[n].sid[p] != s -> skip
#else
    :: p != 0 && MINE(N[n].lock[p]) && N[n].sid[p] != s && !(p == b && op == update) -> goto contended
#endif
    OR_LOSES(N[n].lock[p])
    OR_DIES
    fi
  }
}

/* What is held until the end of a session. */
#ifdef NO_COOL_OFF
#define HELD(exp) (exp)
#else
#define HELD(exp) ((exp) + COOL)
#endif
#define PLACE(p) if :: p != 0 -> N[n].sid[p] = s; N[n].free[p] = HELD(S[s].exp) :: else fi
#define STILL(p, until) if :: p != 0 && N[n].sid[p] == s -> N[n].free[p] = until :: else fi
#define COOL_FOR(c) p = c; MUST(5, p == 0 || EACH(COOLED)); p = 0

/* The customer hears of it, or the connection breaks before. */
inline tell(s) {
  if
  :: S[s].until = exp
  :: !isQuiet -> S[s].until = (S[s].until > exp -> exp : S[s].until)
  fi
}

#ifdef REFUSED_IS_SUCCESS
#define OR_REFUSED(told) :: !isQuiet -> told; check(); goto over
#else
#define OR_REFUSED(told) :: !isQuiet -> goto contended
#endif

proctype Service(byte me; byte left; mtype op) {
  byte a, b, n, s, p, now, exp, clear, old, length, i;
  bit again;

idle:
  atomic {
    if
    :: left == 0 -> done++; goto stop
    :: left > 0 -> left--; pick()
    fi
  }

begin:
  atomic {
    now = time;
#ifdef ANSWERS
    if
    :: op == answer -> askedOn[me] = n; askedBy[me] = a; seen[me] = 0; watch()
    :: else
    fi
#endif
  }
  if
  :: op == create
  :: op == update -> goto update_lock
  :: op == end -> goto close_lock
  :: op == tick -> goto tick_lock
  :: op == drain || op == remove -> goto number_lock
  :: op == forget -> goto forget_rows
  :: op == answer -> goto find
  fi;

  /* A create. */
lock_pair:
  atomic {
    if
    :: b == 0 -> s = 0
#ifdef NO_LOCK_IN_RENEWAL
    :: b != 0 -> s = ANY(OF_PAIR)
#else
    :: b != 0 && !KEY_IS_BEING_TAKEN && MINE(slock[ANY(OF_PAIR)]) -> s = ANY(OF_PAIR); slock[s] = (s == 0 -> 0 : me)
    :: b != 0 && (KEY_IS_BEING_TAKEN || !MINE(slock[ANY(OF_PAIR)])) && !isQuiet -> goto contended
#endif
    OR_DIES
    fi;
#ifndef CLOCK_READ_BEFORE_LOCK
    now = time;
#endif
    if
    :: s != 0 && LIVE_AT(s, now) -> op = renew; n = S[s].n; exp = time + EXPIRY; goto extend_hold
    :: else ->
#ifndef NO_WAY_MADE
      clear = s;
#endif
      s = 0
    fi
  }

choose:
  atomic {
    exp = now + EXPIRY;
    if
    :: FITS(0) AS_SEEN(wantN == 0) -> n = 0
    :: FITS(1) AS_SEEN(wantN == 1) -> n = 1
    :: !FITS(0) && !FITS(1) -> MUST(10, !isQuiet || (N[0].state != 0 && N[1].state != 0)); goto over
    OR_DIES
    fi
  }

keep_number:
#if defined(WITHDRAWS) && !defined(NO_WITHDRAWAL_CHECK)
  atomic {
    if
    :: MINE(N[n].writer) && N[n].state == 0 -> N[n].readers = N[n].readers | (1 << me)
    :: MINE(N[n].writer) && N[n].state != 0 -> goto contended
    OR_LOSES(N[n].writer)
    OR_DIES
    fi
  }
#endif

  claim(a);
  claim(b);

insert_session:
  atomic {
    if
    :: b == 0
#ifdef NO_PAIR_KEY
    :: b != 0
#else
    :: b != 0 && !KEY_IS_BEING_TAKEN && (ANY(OF_PAIR) == 0 || ANY(OF_PAIR) == clear) -> pairKey[me] = KEY(a, b)
    :: b != 0 && ANY(OF_PAIR) != 0 && ANY(OF_PAIR) != clear -> goto contended
    :: b != 0 && KEY_IS_BEING_TAKEN && !isQuiet -> goto contended
#endif
    OR_DIES
    fi
  }

commit_create:
  atomic {
    if
    :: last < NS - 1 || (isQuiet && last < NS) ->
      S[clear].paired = 0;
      last++; s = last;
      S[s].live = 1; S[s].a = a; S[s].b = b; S[s].n = n; S[s].exp = exp; S[s].paired = (b != 0);
      PLACE(a); PLACE(b);
      tell(s);
      check(); COOL_FOR(a); COOL_FOR(b);
      MUST(6, N[n].state == 0);
      goto over
    OR_REFUSED(last++; s = last; S[s].a = a; S[s].b = b; S[s].n = n; S[s].exp = exp; S[s].until = exp)
    OR_DIES
    fi
  }

  /* A create for a pair that has a live session. */
extend_hold:
#ifndef NO_HOLD
  extend(a);
  extend(b);
#endif

commit_renewal:
  atomic {
    if
    :: S[s].exp = exp;
#ifndef NO_HOLD
      STILL(a, HELD(exp)); STILL(b, HELD(exp));
#endif
      tell(s); check();
      goto over
    OR_REFUSED(S[s].until = exp)
    OR_DIES
    fi
  }

  /* Another second party, another expiry. */
update_lock:
  atomic {
    if
#ifdef NO_LOCK_IN_UPDATE
    :: true -> skip
#else
    :: MINE(slock[s]) -> slock[s] = me
    OR_LOSES(slock[s])
#endif
    OR_DIES
    fi;
    now = time; n = S[s].n; a = S[s].a; old = S[s].b;
    if
    :: !LIVE(s) || (b == a) -> goto over
    :: else -> exp = (length == 0 -> 0 : now + length)
    fi
  }
  if
  :: b == old -> goto update_store
  :: else
  fi;

release_party:
  atomic {
    if
    :: old == 0 || (MINE(N[n].lock[old]) && N[n].sid[old] != s)
    :: old != 0 && MINE(N[n].lock[old]) && N[n].sid[old] == s -> N[n].lock[old] = me
    OR_LOSES(N[n].lock[old])
    OR_DIES
    fi
  }
claim_party:
  atomic {
    if
#ifdef TAKES_UNCHECKED
    :: MINE(N[n].lock[b]) -> N[n].lock[b] = me
#else
    :: MINE(N[n].lock[b]) && (FREE(n, b, now) || N[n].sid[b] == s) -> N[n].lock[b] = me
    :: MINE(N[n].lock[b]) && !FREE(n, b, now) && N[n].sid[b] != s -> goto over
#endif
    OR_LOSES(N[n].lock[b])
    OR_DIES
    fi
  }
clear_pair:
  atomic {
    if
    :: MINE(slock[ANY(OF_PAIR)]) -> clear = ANY(OF_PAIR);
      if
      :: clear != 0 && clear != s && S[clear].exp <= now -> slock[clear] = me
      :: else -> clear = 0
      fi
    OR_LOSES(slock[ANY(OF_PAIR)])
    OR_DIES
    fi
  }
update_store:
  atomic {
    if
    :: b == old
    :: b != old && !KEY_IS_BEING_TAKEN && (ANY(OF_PAIR) == 0 || ANY(OF_PAIR) == clear) -> pairKey[me] = KEY(a, b)
    :: b != old && ANY(OF_PAIR) != 0 && ANY(OF_PAIR) != clear -> goto over
    :: b != old && KEY_IS_BEING_TAKEN && !isQuiet -> goto contended
    OR_DIES
    fi
  }
  if
  :: exp == 0 -> goto commit_update
  :: else
  fi;
  extend(a);
  if
  :: b == old -> old = 0; extend(b); old = b
  :: else
  fi;

commit_update:
  atomic {
    if
    :: S[clear].paired = 0;
      S[s].b = b; S[s].paired = (b != 0);
      if
      :: exp != 0 -> S[s].exp = exp; STILL(a, HELD(exp)); STILL(b, HELD(exp))
      :: else -> exp = S[s].exp
      fi;
      if
      :: b != old ->
        STILL(old, HELD(now)); PLACE(b); COOL_FOR(b)
      :: else
      fi;
      tell(s); check();
      goto over
    OR_REFUSED(S[s].until = (exp == 0 -> S[s].until : exp))
    OR_DIES
    fi
  }

  /* An end by request. */
close_lock:
  atomic {
    if
#ifdef NO_LOCK_IN_END
    :: true -> skip
#else
    :: MINE(slock[s]) -> slock[s] = me
    OR_LOSES(slock[s])
#endif
    OR_DIES
    fi;
    now = time; n = S[s].n; p = 1;
    if
    :: !LIVE(s) -> goto over
    :: else
    fi
  }
release_hold:
  atomic {
    if
#ifdef NO_RELEASE
    :: p = 0
#else
    :: N[n].sid[p] != s || N[n].free[p] <= HELD(now) -> p++
    :: N[n].sid[p] == s && N[n].free[p] > HELD(now) && MINE(N[n].lock[p]) -> N[n].lock[p] = me; p++
    OR_LOSES(N[n].lock[p])
#endif
    OR_DIES
    fi;
    if
    :: p == 4 || p == 0 -> p = 0
    :: else -> goto release_hold
    fi
  }
commit_end:
  atomic {
    if
    :: S[s].live = 0; S[s].exp = now; S[s].until = 0;
#ifndef NO_PAIR_CLEARED
      S[s].paired = 0;
#endif
      for (i : 1 .. 3) {
        if
        :: N[n].lock[i] == me -> N[n].free[i] = HELD(now)
        :: else
        fi
      }
      i = 0; check();
      goto over
    OR_REFUSED(skip)
    OR_DIES
    fi
  }

  /* The tick that records what time has ended. */
#ifdef NO_LOCK_IN_TICK
#define DUE(t) (S[t].live && S[t].exp <= time)
#else
#define DUE(t) (S[t].live && S[t].exp <= time && slock[t] == 0 AS_SEEN(t == wantS))
#endif
tick_lock:
  atomic {
    s = ANY(DUE);
    if
    :: s == 0 -> goto over
    :: s != 0 ->
#ifndef NO_LOCK_IN_TICK
      slock[s] = me
#endif
    OR_DIES
    fi
  }
commit_tick:
  atomic {
    if
    :: MINE(slock[s]) -> S[s].live = 0;
#ifndef NO_PAIR_CLEARED
      S[s].paired = 0;
#endif
      check();
      goto over
    OR_REFUSED(skip)
    OR_DIES
    fi
  }

  /* Withdrawal. */
number_lock:
  atomic {
    if
    :: MINE(N[n].writer) && (N[n].readers & (255 - (1 << me))) == 0 && N[n].state != 2 -> N[n].writer = me; now = time
    :: MINE(N[n].writer) && N[n].state == 2 -> goto over
    OR_LOSES(N[n].writer)
    :: (N[n].readers & (255 - (1 << me))) != 0 && !isQuiet -> goto contended
    OR_DIES
    fi
  }
#define OVERDUE_ON(t) (S[t].live && S[t].n == n && S[t].exp <= now)
#define OVERDUE_OF_ANOTHER(t) (OVERDUE_ON(t) && !MINE(slock[t]))
#define LIVES_ON(t) (LIVE_AT(t, now) && S[t].n == n)
#ifndef NO_OVERDUE_LOCK
lock_overdue:
  atomic {
    if
    :: op != remove
    :: op == remove && !ANY(OVERDUE_OF_ANOTHER) ->
      for (i : 1 .. NS) {
        if
        :: OVERDUE_ON(i) -> slock[i] = me
        :: else
        fi
      }
      i = 0
    :: op == remove && ANY(OVERDUE_OF_ANOTHER) && !isQuiet -> goto contended
    OR_DIES
    fi
  }
#endif
live_use:
  atomic {
    if
#ifndef NO_LIVE_USE
    :: op == remove && ANY(LIVES_ON) -> goto over
    :: op != remove || !ANY(LIVES_ON)
#else
    :: true
#endif
    OR_DIES
    fi
  }
commit_number:
  atomic {
    if
    :: N[n].state = (op == remove -> 2 : 1 - N[n].state); check(); goto over
    OR_REFUSED(skip)
    OR_DIES
    fi
  }
#define ROWS_ARE_MINE(n) (MINE(N[n].lock[1]) && MINE(N[n].lock[2]) && MINE(N[n].lock[3]))
forget_rows:
  atomic {
    if
    :: N[n].state != 2 -> goto over
    :: N[n].state == 2 && ROWS_ARE_MINE(n) -> N[n].lock[1] = me; N[n].lock[2] = me; N[n].lock[3] = me
    OR_DIES
    fi
  }
commit_forget:
  atomic {
    if
    :: for (i : 1 .. 3) { N[n].sid[i] = 0; N[n].free[i] = 0 }
      i = 0; check(); goto over
    OR_REFUSED(skip)
    OR_DIES
    fi
  }

  /* A call of party a to number n. */
find:
  atomic {
    s = (N[n].state == 2 -> 0 : N[n].sid[a]);
    if
    :: s == 0 -> goto stranger
    :: s != 0
    OR_DIES
    fi
  }
hold_session:
  atomic {
    if
#ifdef NO_LOCK_IN_ANSWER
    :: true -> skip
#else
    :: MINE(slock[s]) -> slock[s] = me
    OR_LOSES(slock[s])
#endif
    OR_DIES
    fi;
    if
#ifdef NO_LIVE_IN_ANSWER
    :: HAS(s, a)
#elif defined(NO_PARTY_IN_ANSWER)
    :: LIVE(s)
#else
    :: LIVE(s) && HAS(s, a)
#endif
    :: else ->
      if
      :: !again -> again = 1; goto find
      :: again -> goto stranger
      fi
    fi
  }
read_seat:
  atomic {
    p = (S[s].a == a -> S[s].b : S[s].a);
    if
#ifndef NO_LIVE_IN_ANSWER
    :: !LIVE(s) -> goto over
#endif
    :: p == 0 || S[s].talking -> goto over
    :: else
    fi
  }
commit_answer:
  atomic {
    if
    :: MUST(7, seen[me] & (1 << p));
      MUST(8, !S[s].talking);
      S[s].talking = 1;
#ifdef TRACE
      dialled = p;
#endif
      goto over
    OR_REFUSED(skip)
    OR_DIES
    fi
  }
stranger:
  atomic {
    MUST(9, seen[me] & 1);
    goto over
  }

contended:
  atomic {
    MUST(10, !isQuiet);
    letGo();
#ifdef STALE_RETRY
    if
    :: op == renew -> goto retry
    :: else
    fi;
#endif
    if
    :: op == renew -> op = create
    :: else
    fi;
    s = (op == update || op == end -> s : 0);
    clear = 0; exp = 0; old = 0; again = 0; p = 0;
    if
    :: goto begin
    :: goto over  /* too many simultaneous changes */
    fi
  }
#ifdef STALE_RETRY
retry:
  goto extend_hold;
#endif
died:
over:
  atomic {
    letGo();
    askedOn[me] = 0; askedBy[me] = 0; seen[me] = 0;
    op = none; a = 0; b = 0; n = 0; s = 0; p = 0; now = 0; exp = 0; clear = 0; old = 0; length = 0; again = 0;
    goto idle
  }
stop:
  skip
}
