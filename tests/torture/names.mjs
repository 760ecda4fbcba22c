/** The ring's file name, of the SID that producers and mutator write into its header. */
export const RING_NAME = 'S-1-5-18.v1.ring'
