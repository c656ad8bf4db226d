#ifndef FIRST
#define FIRST none
#define SECOND none
#define THIRD none
#endif
/* Time goes on whenever it likes; when every process is done and all has run out, one more create must find its place. */
proctype Clock() {
  do
  :: atomic { time < LAST && !isQuiet -> time++; watch() }
  :: atomic { done == 3 -> isQuiet = 1; time = LAST + EXPIRY + COOL + 1; break }
  od;
  assert(slock[1] == 0 && slock[2] == 0);
  run Service(4, 1, create)
}

init {
  atomic {
    if
    :: skip
    :: last = 1; S[1].live = 1; S[1].a = 1; S[1].b = 2; S[1].paired = 1; S[1].exp = 1; S[1].until = 1;
      N[0].sid[1] = 1; N[0].sid[2] = 1; N[0].free[1] = 1 + COOL; N[0].free[2] = 1 + COOL
    fi;
    run Service(1, OPS, FIRST); run Service(2, OPS, SECOND); run Service(3, OPS, THIRD); run Clock()
  }
}
