/* The reader, RING.md section 6. It writes nothing into the ring. One transition is one access to the ring, or one event outside it. */

mtype = { Turn, Copy, Judge, HandOver }
mtype = { Hole, Committed, Newer }

/* A copied slot, reduced to what a reader makes of it: the stamp's kind, and whose write all its words are, or MIXED. */
typedef SlotCopy { byte parts; mtype kind; byte words }
#define STAMP 1
#define CHECKSUM 2
#define BODY0 4
#define BODY1 8
#define WHOLE 15
#define MIXED 255

/* What a cursor file keeps; the checker adds the sequence after the last one delivered, and the set of those delivered. */
typedef Cursor { byte next; byte start; byte delivered; byte overrun; byte abandoned; byte corrupt; byte last; int got }
#define ASSIGN(to, from) \
    to.next = from.next; to.start = from.start; to.delivered = from.delivered; to.overrun = from.overrun; \
    to.abandoned = from.abandoned; to.corrupt = from.corrupt; to.last = from.last; to.got = from.got
#define NEW_ACCOUNT(first) \
    c.next = first; c.start = first; c.last = first; c.delivered = 0; c.overrun = 0; c.abandoned = 0; c.corrupt = 0; c.got = 0
#define CONSERVED HOLDS(conservation, c.delivered + c.overrun + c.abandoned + c.corrupt == c.next - c.start && c.next <= seenHead)

/* The checksum fails for a word of another sequence, because it is seeded. Two writes never share a word. */
#define IS_OF(word, s) (WORD_SEQUENCE(word) == s || BROKEN(CHECKSUM_IS_SEEDED) || BROKEN(CHECKSUM_DECIDES))
#define CHECKSUM_HOLDS ((words != MIXED && words != 0) || BROKEN(CHECKSUM_DECIDES))

#define IS_COMMITTED(x, s) (x == COMMITTED(s) || (STATE(x) == STATE_COMMITTED && BROKEN(EXPECTED_SEQUENCE)))
#define IS_NEWER(x, s) (SEQUENCE(x) > s && KEPT(NEWER_IS_OVERRUN))
#define KIND(x, s) (IS_COMMITTED(x, s) -> Committed : (IS_NEWER(x, s) -> Newer : Hole))

/* One part of slot i of the window. The rest of a copy that cannot be delivered any more changes nothing and is left out. */
#define COPYING(i, part) at == Copy && i < count && !(copy[i].parts & part)
#define HOPELESS(i) ((copy[i].parts & STAMP) && (copy[i].kind != Committed || copy[i].words == MIXED))
#define WINDOW_COPIED (copy[0].parts == WHOLE && (count == 1 || copy[WINDOW - 1].parts == WHOLE))
#define COPIED(i, part) \
    copy[i].parts = copy[i].parts | part; \
    if :: HOPELESS(i) -> copy[i].parts = WHOLE; copy[i].words = MIXED :: else fi; \
    if :: WINDOW_COPIED -> at = Judge :: else fi
#define COPY_STAMP(i) d_step { COPYING(i, STAMP) -> copy[i].kind = KIND(stamp[SLOT(base + i)], base + i); COPIED(i, STAMP) }
#define COPY_WORD(i, part, word) \
    d_step { COPYING(i, part) -> \
        words = word[SLOT(base + i)]; \
        copy[i].words = ((copy[i].parts <= STAMP || copy[i].words == words) && IS_OF(words, base + i) -> words : MIXED); \
        words = 0; \
        COPIED(i, part) }
#define FORGET_SLOT(i) copy[i].parts = 0; copy[i].kind = 0; copy[i].words = 0
#define FORGET_COPY FORGET_SLOT(0); FORGET_SLOT(WINDOW - 1); base = 0; count = 0; i = 0; s = 0; words = 0
#define FORGET_WAIT waitHead = 0; expired = false; inTime = 0

#define LOSSES_MAY_BE (!PATIENT || CRASHES || SET_BACK || GAP)

/* Where the reader goes on after an overrun. */
#define SPARED(h) (BROKEN(OVERRUN_SPARES_A_LAP) -> h : (BROKEN(OVERRUN_HAS_NO_MARGIN) -> h - CAPACITY + 1 : h - CAPACITY))
#define LAPPED(s) (s + CAPACITY < top)
#define NEXT c.next++; again = 0

inline dropLapped() {
    if
    :: seenHead - c.next > CAPACITY ->
        c.overrun = c.overrun + SPARED(seenHead) - c.next; c.next = SPARED(seenHead); again = 0;
        HOLDS(overrun_means_lapped, LAPPED(c.next - 1))
    :: else
    fi;
    if :: c.next >= waitHead -> FORGET_WAIT :: else fi
}

inline deliver() {
    HOLDS(no_torn_record, words != MIXED);
    HOLDS(no_wrong_record, WORD_SEQUENCE(words) == s && HAS(committed, s));
    HOLDS(delivered_once_and_in_order, s >= c.last);
    c.last = s + 1; c.delivered++;
#if READER_CRASHES
    batch = batch | BIT(s); c.got = c.got | BIT(s)
#endif
}

/* 6.3 and 6.4. `i = count` ends the turn. */
inline judge() {
    words = copy[i].words;
    if
    :: copy[i].kind == Committed && CHECKSUM_HOLDS -> deliver(); NEXT
    :: copy[i].kind == Committed && !CHECKSUM_HOLDS && !again && KEPT(COPY_AGAIN) -> again = KEPT(COPY_AGAIN_ONCE); i = count
    :: copy[i].kind == Committed && !CHECKSUM_HOLDS && (again || BROKEN(COPY_AGAIN)) ->
        HOLDS(corrupt_means_spoiled, HAS(spoiled, s)); c.corrupt++; NEXT
    :: copy[i].kind == Newer -> HOLDS(overrun_means_lapped, LAPPED(s)); c.overrun++; NEXT
    :: copy[i].kind == Hole && s >= waitHead && KEPT(HOLES_ARE_WAITED_FOR) ->
        HOLDS(one_wait_for_all_holes_below_a_head, s >= waitedBelow);
        waitedBelow = seenHead; waitHead = (KEPT(DEADLINE_IS_SHARED) -> seenHead : s + 1); expired = false; inTime = 0; i = count
    :: copy[i].kind == Hole && s < waitHead && !expired -> i = count
    :: copy[i].kind == Hole && (s < waitHead && expired || BROKEN(HOLES_ARE_WAITED_FOR)) ->
        HOLDS(abandoned_means_not_committed_in_time, !HAS(inTime, s));
        c.abandoned++; missed = (BROKEN(ABANDONED_IS_FINAL) -> s + 1 : 0); NEXT
    fi
}

proctype reader(byte from) {
    mtype at = Turn;
    Cursor c;
    SlotCopy copy[WINDOW];
    byte seenHead, base, count, i, s, words;
    bit again;                  /* the slot of c.next was seen COMMITTED(c.next) and its checksum failed */
    byte waitHead, waitedBelow; /* holes below waitHead share the deadline; 0: no wait */
    bool expired;               /* the clock was read after the deadline */
    int inTime;                 /* what was committed by then */
    byte missed;                /* one more than the last sequence abandoned, if that is not final */
#if READER_CRASHES
    Cursor saved;
    byte crashed;
    int batch, given;           /* what is to be handed over, and what was handed over in any life */
#endif

    d_step { NEW_ACCOUNT(from);
#if READER_CRASHES
        ASSIGN(saved, c)
#endif
    }
end:
    do
    /* 6.1 Load head. A ring in which nothing can have changed is not polled: when everybody has ended, a deadline passes. */
    :: d_step { at == Turn && head != c.next && !(ended == EVERYBODY && waitHead && !expired) ->
        seenHead = head;
        if :: c.next > seenHead && KEPT(REWOUND_IS_SEEN) -> NEW_ACCOUNT(seenHead); again = 0; waitedBelow = 0; FORGET_WAIT :: else fi;
        dropLapped();
        CONSERVED;
        base = c.next;
        count = (seenHead - base < WINDOW -> seenHead - base : WINDOW);
        at = (count > 0 -> Copy : Turn) }

    /* 6.2 Copy the window, part by part in any order. */
    :: COPY_STAMP(0)
    :: COPY_WORD(0, CHECKSUM, checksum)
    :: COPY_WORD(0, BODY0, body0)
    :: COPY_WORD(0, BODY1, body1)
#if WINDOW == 2
    :: COPY_STAMP(1)
    :: COPY_WORD(1, CHECKSUM, checksum)
    :: COPY_WORD(1, BODY0, body0)
    :: COPY_WORD(1, BODY1, body1)
#endif

    /* 6.2 Load head again, drop what was lapped; judge the rest. */
    :: d_step { at == Judge ->
        seenHead = (KEPT(SECOND_HEAD) -> head : seenHead);
        if :: KEPT(LAPPED_FIRST) -> dropLapped() :: else fi;
        i = 0;
        do
        :: i < count ->
            s = base + i;
            if :: s >= c.next -> judge() :: else fi;
            i++
        :: else -> break
        od;
        if :: c.next >= waitHead -> FORGET_WAIT :: else fi;
        CONSERVED;
        FORGET_COPY;
#if READER_CRASHES
        at = (batch -> HandOver : Turn)
#else
        at = Turn
#endif
        }

    /* 6.4 HOLE_WAIT_MS have passed. The clock is read before the copy that shows the hole: what was committed in time is seen. */
    :: d_step { at == Turn && waitHead && !expired && (!PATIENT || ended == EVERYBODY) -> expired = true; inTime = committed }
    :: d_step { (at == Copy || at == Judge) && waitHead && !expired && BROKEN(CLOCK_BEFORE_COPY) -> expired = true; inTime = committed }
    :: d_step { at == Turn && missed && stamp[SLOT(missed - 1)] == COMMITTED(missed - 1) ->
        s = missed - 1; words = body0[SLOT(s)]; deliver(); c.abandoned--; missed = 0; FORGET_COPY; CONSERVED }

#if READER_CRASHES
    /* Records are handed over, then the cursor may be saved. The reader dies anywhere and resumes. */
    :: d_step { at == HandOver ->
        HOLDS(only_what_followed_the_last_save_repeats, !(batch & given & (BIT(saved.next) - 1)));
        given = given | batch; batch = 0; at = Turn }
    :: d_step { (at == Turn || at == HandOver && BROKEN(SAVED_AFTER_DELIVERY)) && saved.next != c.next -> ASSIGN(saved, c) }
    :: d_step { at != Gone && crashed < READER_CRASHES ->
        HOLDS(a_saved_record_was_handed_over, !(saved.got & ~given));
        ASSIGN(c, saved);
        if :: BROKEN(RESUMED_AT_CURSOR) -> NEW_ACCOUNT(from) :: else fi;
        crashed++; batch = 0; again = 0; waitedBelow = 0; seenHead = head; FORGET_WAIT; FORGET_COPY; at = Turn }
#endif

    /* All is quiet and read. */
    :: d_step { at == Turn && ended == EVERYBODY && head == c.next ->
        HOLDS(without_lap_or_crash_all_is_delivered, LOSSES_MAY_BE || top - c.start > CAPACITY || c.delivered == head - c.start);
        finished++; at = Gone }
    od
}
