/* Lending, answering and withdrawal of numbers, statement by statement. docs/model.md says which code each step stands for. */

#ifndef NS
#define NS 3                    /* sessions that can be opened in one run */
#endif
#ifndef OPS
#define OPS 1                   /* requests of each process */
#endif
#ifndef LAST
#define LAST 3                  /* time stands still from then on, and whatever has begun comes to its end */
#endif
#ifndef EXPIRY
#define EXPIRY 3                /* of what is asked for; the session that may be there at the beginning ends at 1 */
#endif
#ifndef COOL
#define COOL 1
#endif

/* What is committed. */
typedef Session {
  bit live;                     /* status */
  bit paired;                   /* pair_index is set */
  byte a; byte b;               /* first_index, second_index; 0: not known */
  byte n;
  byte exp;
  byte until;                   /* what its customer was told; 0: nothing */
  bit talking                   /* a conversation is on */
};
typedef Number {
  byte sid[4]; byte free[4];    /* number_assignment by party: session_id (0: no row) and free_after */
  byte lock[4];
  byte state;                   /* 0 active, 1 draining or retired, 2 removed */
  byte writer; byte readers     /* locks of its row: exclusive, and shared as a set of bits */
};
Session S[NS + 1];
Number N[2];
byte slock[NS + 1];
byte pairKey[5];                /* of each process: the pair whose key it has inserted and not committed */
byte last = 0;                  /* of the sessions */
byte time = 0;
byte done = 0;
bit isQuiet = 0;                /* nobody dies, no commit is refused: for the request that comes after everything */

/* What an answer's transaction could have seen: bit d, the caller had a live session with d here at some instant; bit 0, had none. */
byte askedOn[5]; byte askedBy[5]; byte seen[5];

/* Over sessions; a trace has more of them and says its own. */
#ifndef EACH
#define EACH(f) (f(1) && f(2) && f(3))
#define ANY(f) (f(1) -> 1 : (f(2) -> 2 : (f(3) -> 3 : 0)))
#endif

#define LIVE_AT(s, t) (S[s].live && S[s].exp > (t))
#define LIVE(s) LIVE_AT(s, time)
#define HAS(s, p) (S[s].a == (p) || S[s].b == (p))
#define MINE(l) ((l) == 0 || (l) == me)
#define FREE(n, p, t) ((p) == 0 || N[n].sid[p] == 0 || N[n].free[p] <= (t))
#define FITS(n) (N[n].state == 0 && FREE(n, a, now) && FREE(n, b, now))
#define KEY(a, b) ((a) * 4 + (b))
#define OF_PAIR(s) (S[s].paired && S[s].a == a && S[s].b == b)
#define KEY_IS_TAKEN(q) (pairKey[q] == KEY(a, b) && q != me)
#define KEY_IS_BEING_TAKEN (KEY_IS_TAKEN(1) || KEY_IS_TAKEN(2) || KEY_IS_TAKEN(3))

/* The properties, of the session that a commit has just written. */
#define HOLDS(s, p) ((p) == 0 || (N[S[s].n].sid[p] == s && N[S[s].n].free[p] >= S[s].exp))
#define SHARE(s, t) (S[s].n == S[t].n && (HAS(t, S[s].a) || (S[s].b != 0 && HAS(t, S[s].b))))
#define APART(t) (t == s || !LIVE(t) || !SHARE(s, t))
#define SINGLE(t) (t == s || !LIVE(t) || S[t].a != S[s].a || S[t].b != S[s].b || S[s].b == 0)
#define COOLED(t) (t == s || S[t].exp == 0 || S[t].exp + COOL <= time || S[t].n != n || !HAS(t, p))
#define KEPT(t) (S[t].until <= time || (S[t].live && S[t].exp >= S[t].until && N[S[t].n].state != 2 && HOLDS(t, S[t].a) && HOLDS(t, S[t].b)))
#define BOUND(t) (S[t].exp == 0 || (BOUNDED(t, 1) && BOUNDED(t, 2) && BOUNDED(t, 3)))
#define BOUNDED(t, p) (N[S[t].n].sid[p] != t || N[S[t].n].free[p] <= S[t].exp + COOL)

/* By its number in tools/model.mjs. */
hidden byte ok;
#define MUST(property, c) ok = (c); assert(ok || property == 0)

inline check() {
  MUST(1, !LIVE(s) || EACH(APART));
  MUST(2, !LIVE(s) || EACH(SINGLE));
  MUST(3, EACH(KEPT));
  MUST(4, EACH(BOUND));
  watch()
}

#ifdef ANSWERS
#define MEETS(t) (LIVE(t) && S[t].n == askedOn[q] && HAS(t, askedBy[q]))
inline look(q) {
  w = ANY(MEETS);
  seen[q] = (askedBy[q] == 0 -> 0 : seen[q] | (w == 0 -> 1 : (1 << (S[w].a == askedBy[q] -> S[w].b : S[w].a))))
}
hidden byte w;
inline watch() { look(1); look(2); look(3) }
#else
inline watch() { skip }
#endif

#define LET_GO(l) l = (l == me -> 0 : l)
inline letGo() {
  LET_GO(N[0].lock[1]); LET_GO(N[0].lock[2]); LET_GO(N[0].lock[3]);
  LET_GO(N[1].lock[1]); LET_GO(N[1].lock[2]); LET_GO(N[1].lock[3]);
  LET_GO(N[0].writer); LET_GO(N[1].writer);
  N[0].readers = N[0].readers & (255 - (1 << me)); N[1].readers = N[1].readers & (255 - (1 << me));
  for (i : 1 .. NS) { LET_GO(slock[i]) }
  i = 0;
  pairKey[me] = 0
}

/* Any two steps may have the death of the process between them. A lock that another has is waited for, or the wait ends as a deadlock does. */
#define OR_DIES :: !isQuiet -> goto died
#define OR_LOSES(l) :: !MINE(l) && !isQuiet -> goto contended

mtype = { none, create, renew, update, end, tick, drain, remove, forget, answer };

/* A trace of a real run says what each choice was, and what came of it (test/model/accepts.ts). */
#ifdef TRACE
byte wantA, wantB, wantN, wantS, wantLength, dialled;
#undef EXPIRY
#define EXPIRY wantLength
#define AS_SEEN(choice) && (choice)
#else
#define AS_SEEN(choice)
#endif

inline session() { s = 1; do :: s < last -> s++ :: break od }

/* What is asked of a process. */
#define MAY(request) (op == none || op == request) && !isQuiet
inline pick() {
#ifdef TRACE
  a = wantA; b = wantB; n = wantN; s = wantS; length = wantLength
#else
  if
  :: op == none || op == create -> op = create; a = 1; b = 2
#ifdef OTHER_PAIR
  :: op == none || op == create -> op = create; a = 1; b = 3
#endif
#ifdef UPDATES
  :: MAY(create) -> op = create; a = 3; b = 0
  :: MAY(update) && last > 0 -> op = update; session();
    if
    :: b = 2
    :: b = 3
    fi;
    if
    :: length = 0
    :: length = EXPIRY
    fi
#endif
#ifdef ENDS
  :: MAY(end) && last > 0 -> op = end; session()
#endif
#ifdef TICKS
  :: MAY(tick) -> op = tick
#endif
#ifdef WITHDRAWS
  :: MAY(drain) -> op = drain
  :: MAY(remove) -> op = remove
  :: MAY(forget) && N[0].state == 2 -> op = forget
#endif
#ifdef ANSWERS
  :: MAY(answer) -> op = answer; a = 1
  :: MAY(answer) -> op = answer; a = 2
#endif
  fi
#endif
}

#include "service.pml"
#ifndef TRACE
#include "world.pml"
#endif
