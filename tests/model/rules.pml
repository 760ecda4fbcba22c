/* The rules of the protocol. A run with -DWEAK=<name> weakens that one; run.mjs demands a counter-example for each. */
#ifndef WEAK
#define WEAK 0
#endif
#define KEPT(rule) (WEAK != rule)
#define BROKEN(rule) (WEAK == rule)

/* Writer, RING.md section 4.          Weakened: */
#define CLAIM_IS_ATOMIC 1           /* head is loaded, then stored */
#define FETCH_ADD_IS_BOUNDED 2      /* the loop of compare-and-swaps goes on until it succeeds */
#define CLAIM_AGAIN 3               /* one claim, then the notification is given up */
#define CLAIMS_ARE_BOUNDED 4        /* claims until a slot can be taken */
#define NEWER_STAMP_WINS 5          /* a slot is taken whatever its stamp says */
#define OWN_STAMP_IS_STALE_HEAD 6   /* a stamp of the claimed sequence itself: the next claim, as for any stamp below head */
#define STALE_HEAD_IS_HEALED 7      /* a newer stamp: always the next claim */
#define HEAL_FINDS_THE_END 8        /* head is raised past the one stamp that was seen */
#define HEAD_IS_ONLY_RAISED 9       /* head is stored, not compare-and-swapped */
#define HEAL_IS_BOUNDED 10          /* compare-and-swap until it succeeds */
#define GARBAGE_IS_NOT_TRUSTED 11   /* a stamp 2^32 sequences ahead is believed */
#define ONE_LAP_IS_SKIPPED 12       /* a slot that is WRITING for one lap is taken */
#define TWO_LAPS_ARE_STOLEN 13      /* a slot that is WRITING is never taken */
#define TAKE_BY_SWAP 14             /* the stamp is stored */
#define TAKE_IS_BOUNDED 15          /* compare-and-swap until it succeeds */
#define COMMIT_BY_SWAP 16           /* the stamp is stored */

/* Reader, RING.md section 6. */
#define CHECKSUM_DECIDES 17         /* COMMITTED(s) is enough */
#define CHECKSUM_IS_SEEDED 18       /* the checksum covers the body only */
#define EXPECTED_SEQUENCE 19        /* any COMMITTED stamp will do */
#define SECOND_HEAD 20              /* the first load of head decides what was lapped */
#define LAPPED_FIRST 21             /* copied slots are judged before anything is dropped */
#define OVERRUN_SPARES_A_LAP 22     /* after an overrun the reader goes on at head */
#define OVERRUN_HAS_NO_MARGIN 23    /* after an overrun the reader goes on at head - capacity + 1 */
#define NEWER_IS_OVERRUN 24         /* a newer stamp is taken for a hole */
#define REWOUND_IS_SEEN 25          /* a cursor above head is kept */
#define COPY_AGAIN 26               /* one failed checksum is corrupt */
#define COPY_AGAIN_ONCE 27          /* a failed checksum is copied again and again */
#define HOLES_ARE_WAITED_FOR 28     /* a hole is abandoned at once */
#define DEADLINE_IS_SHARED 29       /* each hole has its own deadline */
#define ABANDONED_IS_FINAL 30       /* a record that commits late is delivered after all */
#define CLOCK_BEFORE_COPY 31        /* the deadline is looked at when the copy is judged */
#define SAVED_AFTER_DELIVERY 32     /* a cursor may be saved before its records are handed over */
#define RESUMED_AT_CURSOR 33        /* a restarted reader begins where it first began */
