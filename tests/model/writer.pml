/* The writer, RING.md section 4. One transition is one access to the ring. A stall is a schedule in which others go first. */

mtype = { Claim, SwapHead, Look, LoadHead, Bisect, LoadHeadToRaise, Raise, Take, CopyChecksum, CopyBody0, CopyBody1, Commit, Gone }

#define NEWER(x) ((x) > (s << STAMP_SHIFT))
#define BELIEVED(x) (SEQUENCE(x) - s <= TRUST || BROKEN(GARBAGE_IS_NOT_TRUSTED))
#define ONE_LAP_OLD(x) (SEQUENCE(x) + CAPACITY == s)
#define NO_BOUND 30
#define CLAIMS (BROKEN(CLAIM_AGAIN) -> 1 : (BROKEN(CLAIMS_ARE_BOUNDED) -> NO_BOUND : CLAIMS_MAX))
#define TAKES (BROKEN(TAKE_IS_BOUNDED) -> NO_BOUND : TAKE_ATTEMPTS_MAX)
#define HEALS (BROKEN(HEAL_IS_BOUNDED) -> NO_BOUND : HEAL_ATTEMPTS_MAX)
#define SWAPS (BROKEN(FETCH_ADD_IS_BOUNDED) -> NO_BOUND : FETCH_ADD_ATTEMPTS_MAX)
#define RUN_MAX (BROKEN(HEAL_FINDS_THE_END) -> 1 : CAPACITY)
#define CLAIM_IS_SPLIT (CLAIM_BY_SWAP || BROKEN(CLAIM_IS_ATOMIC))

/* What one notification may cost: per claim the fetch-add, looks and takes, perhaps a heal (with log2 of CAPACITY probes); in the end a copy. */
#define CLAIM_STEPS ((CLAIM_BY_SWAP -> 2 * FETCH_ADD_ATTEMPTS_MAX : 1) + 2 * TAKE_ATTEMPTS_MAX)
#define HEAL_STEPS (SET_BACK -> CAPACITY / 2 + 2 * HEAL_ATTEMPTS_MAX : 0)
#define COPY_STEPS 4
#define STEPS_MAX ((CLAIMS_MAX - 1) * (CLAIM_STEPS + HEAL_STEPS) + CLAIM_STEPS + (HEAL_STEPS > COPY_STEPS -> HEAL_STEPS : COPY_STEPS))
#define STEP steps = steps + COUNT_STEPS; HOLDS(producer_steps_are_bounded, steps <= STEPS_MAX)

/* Producers are alike: nothing is lost when they make their first steps in the order of their numbers, and many states are saved. */
#define MAY_BEGIN (me <= begun + 1)
#define BEGIN if :: me == begun + 1 -> begun++ :: else fi

#define FORGET s = 0; seen = 0; claims = 0; tries = 0; low = 0; high = 0; steps = 0
#define FINISH FORGET; left--; if :: left == 0 -> ended++; at = Gone :: else -> at = Claim fi
#define GIVE_UP HOLDS(an_undisturbed_notification_is_written, me <= PRODUCERS); FINISH
#define NEXT_CLAIM if :: claims >= CLAIMS -> GIVE_UP :: else -> seen = 0; tries = 0; low = 0; high = 0; at = Claim fi
#define MOVE_HEAD(h) HOLDS(head_is_never_lowered, h >= head); head = h; if :: head > top -> top = head :: else fi

/* A plain store, even if the slot was stolen meanwhile: it spoils what is there now, and only a stall of two laps may do that. */
#define STORE(word) word[SLOT(s)] = WORD(s, me); \
    if \
    :: stamp[SLOT(s)] != WRITING(s) -> \
        HOLDS(a_stall_below_two_laps_spoils_nothing, SEQUENCE(stamp[SLOT(s)]) >= s + 2 * CAPACITY); \
        spoiled = spoiled | BIT(SEQUENCE(stamp[SLOT(s)])) \
    :: else \
    fi

proctype producer(byte me; byte left) {
    mtype at = Claim;
    byte s, seen, claims, tries, low, high, steps, newer;

end:
    do
    /* 4.1 Claim: one fetch-add, or a loop of compare-and-swaps. */
    :: d_step { at == Claim && !CLAIM_IS_SPLIT && MAY_BEGIN -> STEP; BEGIN;
        s = head; MOVE_HEAD(s + 1); claims++; at = Look }
    :: d_step { at == Claim && CLAIM_IS_SPLIT && MAY_BEGIN -> STEP; BEGIN;
        seen = head; at = SwapHead }
    :: d_step { at == SwapHead -> STEP;
        if
        :: head != seen && KEPT(CLAIM_IS_ATOMIC) ->
            tries++;
            if :: tries >= SWAPS -> GIVE_UP :: else -> at = Claim fi
        :: else -> s = seen; MOVE_HEAD(s + 1); claims++; tries = 0; seen = 0; at = Look
        fi }

    /* 4.2 Look at the slot's stamp. */
    :: d_step { at == Look -> STEP;
        HOLDS(at_most_claims_max_claims, claims <= CLAIMS_MAX);
        seen = stamp[SLOT(s)];
        if
        :: NEWER(seen) && BELIEVED(seen) && KEPT(NEWER_STAMP_WINS) -> at = LoadHead
        :: STATE(seen) == STATE_WRITING && ONE_LAP_OLD(seen) && KEPT(ONE_LAP_IS_SKIPPED) -> NEXT_CLAIM
        :: STATE(seen) == STATE_WRITING && SEQUENCE(seen) < s && !ONE_LAP_OLD(seen) && BROKEN(TWO_LAPS_ARE_STOLEN) -> NEXT_CLAIM
        :: else -> at = Take
        fi }

    /* 4.2 A newer stamp: somebody passed us, or head is stale. A stamp of our own sequence can only mean a stale head. */
    :: d_step { at == LoadHead -> STEP;
        low = SEQUENCE(seen); high = low + RUN_MAX; tries = 0;
        if
        :: (head > low && (low != s || BROKEN(OWN_STAMP_IS_STALE_HEAD))) || BROKEN(STALE_HEAD_IS_HEALED) -> NEXT_CLAIM
        :: else -> at = (high - low > 1 -> Bisect : LoadHeadToRaise)
        fi }
    :: d_step { at == Bisect -> STEP;
        seen = (low + high) / 2;
        newer = STATE(stamp[SLOT(seen)]) && SEQUENCE(stamp[SLOT(seen)]) >= seen;
        low = (newer -> seen : low); high = (newer -> high : seen); newer = 0;
        at = (high - low > 1 -> Bisect : LoadHeadToRaise) }
    :: d_step { at == LoadHeadToRaise -> STEP;
        seen = head;
        if :: seen > low -> NEXT_CLAIM :: else -> at = Raise fi }
    :: d_step { at == Raise -> STEP;
        if
        :: head != seen && KEPT(HEAD_IS_ONLY_RAISED) ->
            tries++;
            if :: tries >= HEALS -> NEXT_CLAIM :: else -> at = LoadHeadToRaise fi
        :: else ->
            HOLDS(garbage_does_not_move_head, low < TRUST);
            MOVE_HEAD(low + 1);
            tries = 0;
            do
            :: tries < CAPACITY -> HOLDS(heal_passes_all_newer_stamps, SEQUENCE(stamp[tries]) < head || GAP); tries++
            :: else -> break
            od;
            NEXT_CLAIM
        fi }

    /* 4.3 Take the slot. */
    :: d_step { at == Take -> STEP;
        if
        :: stamp[SLOT(s)] != seen && KEPT(TAKE_BY_SWAP) ->
            tries++;
            if :: tries >= TAKES -> NEXT_CLAIM :: else -> at = Look fi
        :: else ->
            HOLDS(a_sequence_is_used_once, !HAS(taken, s));
            HOLDS(stamps_never_go_backwards, WRITING(s) > stamp[SLOT(s)] || stamp[SLOT(s)] == GARBAGE_STAMP);
            stamp[SLOT(s)] = WRITING(s); taken = taken | BIT(s); seen = 0; tries = 0; at = CopyChecksum
        fi }

    /* 4.4 Copy and commit. */
    :: d_step { at == CopyChecksum -> STEP; STORE(checksum); at = CopyBody0 }
    :: d_step { at == CopyBody0 -> STEP; STORE(body0); at = CopyBody1 }
    :: d_step { at == CopyBody1 -> STEP; STORE(body1); at = Commit }
    :: d_step { at == Commit -> STEP;
        if
        :: stamp[SLOT(s)] != WRITING(s) && KEPT(COMMIT_BY_SWAP) -> skip
        :: else ->
            HOLDS(stamps_never_go_backwards, COMMITTED(s) > stamp[SLOT(s)]);
            stamp[SLOT(s)] = COMMITTED(s); committed = committed | BIT(s)
        fi;
        FINISH }

    /* The process dies, at any step. */
    :: d_step { at != Gone && crashes < CRASHES && me <= PRODUCERS && MAY_BEGIN -> BEGIN; FORGET; left = 0; crashes++; ended++; at = Gone }
    od
}
