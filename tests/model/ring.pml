/* The ring as writers and readers share it, and what only the checker sees. Protocol: format/RING.md. */

/* run.mjs passes the bounds and states of format/layout.ts, and the size of a configuration; these are for running spin by hand. */
#ifndef CLAIMS_MAX
#define CLAIMS_MAX 4
#endif
#ifndef TAKE_ATTEMPTS_MAX
#define TAKE_ATTEMPTS_MAX 3
#endif
#ifndef HEAL_ATTEMPTS_MAX
#define HEAL_ATTEMPTS_MAX 3
#endif
#ifndef FETCH_ADD_ATTEMPTS_MAX
#define FETCH_ADD_ATTEMPTS_MAX 64
#endif
#ifndef STAMP_SHIFT
#define STAMP_SHIFT 2
#define STATE_WRITING 1
#define STATE_COMMITTED 2
#endif
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef NOTIFICATIONS
#define NOTIFICATIONS 1     /* of each producer */
#endif
#ifndef CRASHES
#define CRASHES 0           /* producers that stop for good, each at any step */
#endif
#ifndef PROBE
#define PROBE 0             /* 1: when all others have ended, one more producer notifies once */
#endif
#ifndef CLAIM_BY_SWAP
#define CLAIM_BY_SWAP 0     /* 1: the fetch-add is a loop of compare-and-swaps */
#endif
#ifndef COUNT_STEPS
#define COUNT_STEPS 0       /* 1: count a notification's accesses to the ring */
#endif
#ifndef READERS
#define READERS 0
#endif
#ifndef WINDOW
#define WINDOW 1            /* slots that a reader copies in one turn, 1 or 2 */
#endif
#ifndef PATIENT
#define PATIENT 0           /* 1: a hole's deadline passes only when no producer moves any more */
#endif
#ifndef READER_CRASHES
#define READER_CRASHES 0    /* how often a reader dies and resumes from its saved cursor */
#endif
#ifndef HISTORY
#define HISTORY 0           /* sequences written before the run begins */
#endif
#ifndef SET_BACK
#define SET_BACK 0          /* the power was lost: head is up to this much too low */
#endif
#ifndef GAP
#define GAP 0               /* 1: one record of the history's last lap is missing */
#endif
#ifndef SAVED_CURSOR
#define SAVED_CURSOR 0      /* 1: readers begin at any sequence of the history, else at head */
#endif
#ifndef GARBAGE
#define GARBAGE 0           /* 1: slot 0 begins with a stamp that nobody should believe */
#endif

#define SLOT(s) ((s) % CAPACITY)
#define WRITING(s) (((s) << STAMP_SHIFT) + STATE_WRITING)
#define COMMITTED(s) (((s) << STAMP_SHIFT) + STATE_COMMITTED)
#define SEQUENCE(x) ((x) >> STAMP_SHIFT)
#define STATE(x) ((x) & ((1 << STAMP_SHIFT) - 1))

/* Sequences stay below 31, so that bit sets are ints, and 40 ahead stands for 2^STAMP_TRUST_LOG2 ahead. */
#define TRUST 40
#define GARBAGE_STAMP COMMITTED(63)

/* A word of a record's body, or its checksum, says whose write it belongs to: sequence and writer. 0 was never written. */
#define WORD(s, writer) ((s) * 8 + (writer))
#define WORD_SEQUENCE(w) ((w) >> 3)
#define HISTORIAN 7

/* --- Shared memory. A transition of any process makes at most one access to it. --- */
byte head;
byte stamp[CAPACITY];
byte checksum[CAPACITY];
byte body0[CAPACITY];
byte body1[CAPACITY];

/* --- What the checker sees. --- */
byte begun;                 /* producers that made a step */
byte ended;                 /* producers that finished or crashed */
byte crashes;
byte finished;              /* readers that read all there was after everybody had ended */
byte top;                   /* one more than the highest sequence ever claimed, in the history or since */
int taken;                  /* sets of sequences: s was stamped WRITING, */
int committed;              /* s was stamped COMMITTED, */
int spoiled;                /* a writer who had lost the slot wrote into it while its stamp said s */
#define BIT(s) (1 << (s))
#define HAS(set, s) (((set) >> (s)) & 1)
#define EVERYBODY (PRODUCERS + PROBE)

/* --- Properties. The bits are never set: they put a name into the report of a failed assertion. --- */
#define HOLDS(property, condition) assert((condition) || property)
bit stamps_never_go_backwards;
bit head_is_never_lowered;
bit a_sequence_is_used_once;
bit producer_steps_are_bounded;
bit at_most_claims_max_claims;
bit an_undisturbed_notification_is_written;     /* one that nobody disturbs, after fewer than CLAIMS_MAX crashes */
bit heal_passes_all_newer_stamps;
bit garbage_does_not_move_head;
bit a_stall_below_two_laps_spoils_nothing;
bit no_torn_record;
bit no_wrong_record;                            /* what is delivered as s was committed as s */
bit delivered_once_and_in_order;
bit conservation;
bit overrun_means_lapped;
bit corrupt_means_spoiled;
bit abandoned_means_not_committed_in_time;
bit one_wait_for_all_holes_below_a_head;
bit without_lap_or_crash_all_is_delivered;
bit a_saved_record_was_handed_over;
bit only_what_followed_the_last_save_repeats;
