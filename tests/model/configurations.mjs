// What is checked: sizes as macros of ring.pml. `full` ones are left to `--full`. Bounds not given here are those of format/layout.ts.

/** Configurations in which every property holds. */
export const configurations = [
  // Writers alone, and a last notification after all the others have stopped.
  { name: 'writers-1-slot', with: { PRODUCERS: 3, CAPACITY: 1, CRASHES: 3, PROBE: 1 } },
  { name: 'writers-1-slot-again', with: { PRODUCERS: 2, NOTIFICATIONS: 3, CAPACITY: 1, CRASHES: 1, PROBE: 1 } },
  { name: 'writers-2-slots', large: true, with: { PRODUCERS: 3, NOTIFICATIONS: 2, CAPACITY: 2, CRASHES: 1, PROBE: 1 } },
  { name: 'writers-4-slots', with: { PRODUCERS: 3, NOTIFICATIONS: 2, CAPACITY: 4, CRASHES: 2, PROBE: 1 } },
  { name: 'writers-swap-head', with: { PRODUCERS: 3, CAPACITY: 1, CRASHES: 1, PROBE: 1, CLAIM_BY_SWAP: 1, FETCH_ADD_ATTEMPTS_MAX: 2 } },
  { name: 'writers-steps', with: { PRODUCERS: 3, CAPACITY: 1, CRASHES: 1, PROBE: 1, COUNT_STEPS: 1 } },
  { name: 'writers-garbage', with: { PRODUCERS: 3, CAPACITY: 2, CRASHES: 2, PROBE: 1, GARBAGE: 1 } },
  // The power was lost: head is too low by anything from nothing to the whole history.
  { name: 'stale-1-slot', with: { PRODUCERS: 3, CAPACITY: 1, CRASHES: 2, PROBE: 1, HISTORY: 5, SET_BACK: 5 } },
  { name: 'stale-2-slots', with: { PRODUCERS: 3, CAPACITY: 2, CRASHES: 2, PROBE: 1, HISTORY: 6, SET_BACK: 6 } },
  { name: 'stale-4-slots', with: { PRODUCERS: 3, CAPACITY: 4, CRASHES: 1, PROBE: 1, HISTORY: 9, SET_BACK: 9, COUNT_STEPS: 1 } },
  { name: 'stale-with-gap', with: { PRODUCERS: 3, CAPACITY: 4, CRASHES: 2, PROBE: 1, HISTORY: 9, SET_BACK: 9, GAP: 1 } },
  // Readers.
  { name: 'reader-1-slot', with: { PRODUCERS: 2, CAPACITY: 1, CRASHES: 1, READERS: 1 } },
  { name: 'reader-2-slots', large: true, with: { PRODUCERS: 2, NOTIFICATIONS: 2, CAPACITY: 2, CRASHES: 1, READERS: 1 } },
  { name: 'reader-3-producers', large: true, with: { PRODUCERS: 3, CAPACITY: 2, READERS: 1 } },
  { name: 'reader-window', with: { PRODUCERS: 2, CAPACITY: 2, CRASHES: 1, READERS: 1, WINDOW: 2 } },
  { name: 'reader-no-lap', with: { PRODUCERS: 3, CAPACITY: 4, READERS: 1, WINDOW: 2, PATIENT: 1 } },
  { name: 'reader-stale', large: true, with: { PRODUCERS: 2, CAPACITY: 2, READERS: 1, HISTORY: 5, SET_BACK: 5, SAVED_CURSOR: 1 } },
  {
    name: 'reader-stale-gap',
    large: true,
    with: { PRODUCERS: 1, NOTIFICATIONS: 2, CAPACITY: 2, CRASHES: 1, READERS: 1, HISTORY: 5, SET_BACK: 5, GAP: 1, SAVED_CURSOR: 1 },
  },
  { name: 'reader-resumes', with: { PRODUCERS: 2, CAPACITY: 2, CRASHES: 1, READERS: 1, READER_CRASHES: 2 } },
  { name: 'reader-ends', with: { PRODUCERS: 2, CAPACITY: 2, CRASHES: 1, READERS: 1, LIVENESS: 1 } },
  { name: 'two-readers-lapped', large: true, with: { PRODUCERS: 2, CAPACITY: 2, CRASHES: 1, READERS: 2 } },
  { name: 'two-readers', large: true, with: { PRODUCERS: 3, CAPACITY: 4, READERS: 2, PATIENT: 1 } },
  // Larger searches.
  {
    name: 'full-writers-1-slot',
    full: true,
    with: { PRODUCERS: 3, NOTIFICATIONS: 2, CAPACITY: 1, CLAIMS_MAX: 2, PROBE: 1 },
  },
  {
    name: 'full-writers-steps',
    full: true,
    with: { PRODUCERS: 3, NOTIFICATIONS: 2, CAPACITY: 2, CRASHES: 1, PROBE: 1, COUNT_STEPS: 1 },
  },
  { name: 'full-reader-1-slot', full: true, with: { PRODUCERS: 3, CAPACITY: 1, CLAIMS_MAX: 2, CRASHES: 1, READERS: 1 } },
  { name: 'full-reader-crash', full: true, with: { PRODUCERS: 3, CAPACITY: 2, CRASHES: 1, READERS: 1 } },
  {
    name: 'full-reader-window',
    full: true,
    with: { PRODUCERS: 2, NOTIFICATIONS: 2, CAPACITY: 4, CRASHES: 1, READERS: 1, WINDOW: 2 },
  },
  {
    name: 'full-reader-stale',
    full: true,
    with: { PRODUCERS: 2, CAPACITY: 2, READERS: 1, HISTORY: 5, SET_BACK: 3, GAP: 1, SAVED_CURSOR: 1 },
  },
  {
    name: 'full-reader-resumes',
    full: true,
    with: { PRODUCERS: 2, NOTIFICATIONS: 2, CAPACITY: 4, CRASHES: 1, READERS: 1, READER_CRASHES: 1 },
  },
]

/** Rules of rules.pml, each weakened where it matters, and the property that breaks. */
export const ablations = [
  { rule: 'CLAIM_IS_ATOMIC', breaks: 'head_is_never_lowered', with: { PRODUCERS: 2, NOTIFICATIONS: 2, CAPACITY: 2 } },
  {
    rule: 'FETCH_ADD_IS_BOUNDED',
    breaks: 'producer_steps_are_bounded',
    with: { PRODUCERS: 3, CAPACITY: 1, COUNT_STEPS: 1, CLAIM_BY_SWAP: 1, FETCH_ADD_ATTEMPTS_MAX: 1, CLAIMS_MAX: 1, TAKE_ATTEMPTS_MAX: 1 },
  },
  { rule: 'CLAIM_AGAIN', breaks: 'an_undisturbed_notification_is_written', with: { PRODUCERS: 1, CAPACITY: 1, CRASHES: 1, PROBE: 1 } },
  { rule: 'CLAIMS_ARE_BOUNDED', breaks: 'at_most_claims_max_claims', with: { PRODUCERS: 3, CAPACITY: 1, CLAIMS_MAX: 1 } },
  { rule: 'NEWER_STAMP_WINS', breaks: 'stamps_never_go_backwards', with: { PRODUCERS: 2, CAPACITY: 1 } },
  { rule: 'NEWER_STAMP_WINS', breaks: 'a_sequence_is_used_once', with: { PRODUCERS: 1, CAPACITY: 1, HISTORY: 1, SET_BACK: 1 } },
  {
    rule: 'OWN_STAMP_IS_STALE_HEAD',
    breaks: 'an_undisturbed_notification_is_written',
    with: { PRODUCERS: 1, CAPACITY: 4, CRASHES: 1, PROBE: 1, HISTORY: 4, SET_BACK: 4 },
  },
  {
    rule: 'STALE_HEAD_IS_HEALED',
    breaks: 'an_undisturbed_notification_is_written',
    with: { PRODUCERS: 1, CAPACITY: 4, CRASHES: 1, PROBE: 1, HISTORY: 9, SET_BACK: 9 },
  },
  { rule: 'HEAL_FINDS_THE_END', breaks: 'heal_passes_all_newer_stamps', with: { PRODUCERS: 1, CAPACITY: 2, HISTORY: 4, SET_BACK: 4 } },
  { rule: 'HEAD_IS_ONLY_RAISED', breaks: 'head_is_never_lowered', with: { PRODUCERS: 2, CAPACITY: 1, HISTORY: 2, SET_BACK: 2 } },
  {
    rule: 'HEAL_IS_BOUNDED',
    breaks: 'producer_steps_are_bounded',
    with: { PRODUCERS: 3, CAPACITY: 1, COUNT_STEPS: 1, CLAIMS_MAX: 1, TAKE_ATTEMPTS_MAX: 1, HEAL_ATTEMPTS_MAX: 1, HISTORY: 6, SET_BACK: 6 },
  },
  { rule: 'GARBAGE_IS_NOT_TRUSTED', breaks: 'garbage_does_not_move_head', with: { PRODUCERS: 1, CAPACITY: 2, GARBAGE: 1 } },
  { rule: 'ONE_LAP_IS_SKIPPED', breaks: 'a_stall_below_two_laps_spoils_nothing', with: { PRODUCERS: 2, CAPACITY: 1 } },
  {
    rule: 'TWO_LAPS_ARE_STOLEN',
    breaks: 'an_undisturbed_notification_is_written',
    with: { PRODUCERS: 1, CAPACITY: 1, CRASHES: 1, PROBE: 1 },
  },
  { rule: 'TAKE_BY_SWAP', breaks: 'stamps_never_go_backwards', with: { PRODUCERS: 2, CAPACITY: 1 } },
  {
    rule: 'TAKE_IS_BOUNDED',
    breaks: 'producer_steps_are_bounded',
    with: { PRODUCERS: 3, CAPACITY: 1, COUNT_STEPS: 1, CLAIMS_MAX: 1, TAKE_ATTEMPTS_MAX: 1 },
  },
  { rule: 'COMMIT_BY_SWAP', breaks: 'stamps_never_go_backwards', with: { PRODUCERS: 2, CAPACITY: 1 } },
  { rule: 'CHECKSUM_DECIDES', breaks: 'no_torn_record', with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1 } },
  { rule: 'CHECKSUM_IS_SEEDED', breaks: 'no_wrong_record', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1 } },
  { rule: 'EXPECTED_SEQUENCE', breaks: 'corrupt_means_spoiled', with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, HISTORY: 1 } },
  { rule: 'SECOND_HEAD', breaks: 'corrupt_means_spoiled', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1 } },
  { rule: 'LAPPED_FIRST', breaks: 'corrupt_means_spoiled', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1 } },
  { rule: 'OVERRUN_SPARES_A_LAP', breaks: 'overrun_means_lapped', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1 } },
  { rule: 'OVERRUN_HAS_NO_MARGIN', breaks: 'overrun_means_lapped', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1 } },
  {
    rule: 'NEWER_IS_OVERRUN',
    breaks: 'abandoned_means_not_committed_in_time',
    with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, HISTORY: 2, SET_BACK: 2 },
  },
  {
    rule: 'REWOUND_IS_SEEN',
    breaks: 'conservation',
    with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, HISTORY: 2, SET_BACK: 2, SAVED_CURSOR: 1 },
  },
  { rule: 'COPY_AGAIN', breaks: 'corrupt_means_spoiled', with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1 } },
  { rule: 'COPY_AGAIN_ONCE', breaks: 'a_reader_reads_to_the_end', with: { PRODUCERS: 2, CAPACITY: 1, READERS: 1, LIVENESS: 1 } },
  {
    rule: 'HOLES_ARE_WAITED_FOR',
    breaks: 'without_lap_or_crash_all_is_delivered',
    with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, PATIENT: 1 },
  },
  { rule: 'DEADLINE_IS_SHARED', breaks: 'one_wait_for_all_holes_below_a_head', with: { PRODUCERS: 2, CAPACITY: 2, READERS: 1 } },
  { rule: 'ABANDONED_IS_FINAL', breaks: 'delivered_once_and_in_order', with: { PRODUCERS: 2, CAPACITY: 2, READERS: 1 } },
  { rule: 'CLOCK_BEFORE_COPY', breaks: 'abandoned_means_not_committed_in_time', with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1 } },
  {
    rule: 'SAVED_AFTER_DELIVERY',
    breaks: 'a_saved_record_was_handed_over',
    with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, READER_CRASHES: 1 },
  },
  {
    rule: 'RESUMED_AT_CURSOR',
    breaks: 'only_what_followed_the_last_save_repeats',
    with: { PRODUCERS: 1, CAPACITY: 1, READERS: 1, READER_CRASHES: 1 },
  },
]
