/* One configuration: a ring with its history, producers, readers. run.mjs gives sizes and the weakened rule as -D macros. */
#include "rules.pml"
#include "ring.pml"
#include "writer.pml"
#if READERS
#include "reader.pml"
#endif

/* Whatever happened, a reader comes to the end of what was claimed. Checked where LIVENESS is set: it takes a search for cycles. */
#ifdef LIVENESS
ltl a_reader_reads_to_the_end { [] (ended == EVERYBODY -> <> (finished == READERS)) }
#endif

/* The last lap of the history stands in the slots; everything older was overwritten by it. */
inline fill(t, state) {
    stamp[SLOT(t)] = (t << STAMP_SHIFT) + state;
    checksum[SLOT(t)] = WORD(t, HISTORIAN); body0[SLOT(t)] = WORD(t, HISTORIAN); body1[SLOT(t)] = WORD(t, HISTORIAN)
}

init {
    byte s, n;
    atomic {
        do
        :: s < HISTORY -> fill(s, STATE_COMMITTED); taken = taken | BIT(s); committed = committed | BIT(s); s++
        :: else -> break
        od;
        top = HISTORY;
#if GAP
        /* One record of the last lap was never committed, its slot still WRITING; or never taken, its slot a lap behind. */
        select(s : HISTORY - CAPACITY .. HISTORY - 1);
        committed = committed & ~BIT(s);
        if
        :: fill(s, STATE_WRITING)
        :: taken = taken & ~BIT(s); s = s - CAPACITY; fill(s, STATE_COMMITTED)
        fi;
#endif
        if :: GARBAGE -> stamp[0] = GARBAGE_STAMP :: else fi;
        select(s : 0 .. SET_BACK);
        head = HISTORY - s;
        n = 1;
        do
        :: n <= PRODUCERS -> run producer(n, NOTIFICATIONS); n++
        :: else -> break
        od;
#if READERS
        n = 1;
        do
        :: n <= READERS ->
            s = head;
            if :: SAVED_CURSOR -> select(s : 0 .. HISTORY) :: else fi;
            run reader(s); n++
        :: else -> break
        od;
#endif
        s = 0; n = 0
    }
#if PROBE
    atomic { ended == PRODUCERS -> run producer(PRODUCERS + 1, 1) }
#endif
}
