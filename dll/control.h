// The control file, an administrator's hand on every notifyee: geometry of new rings and the kill switch.
#pragma once
#include "win32.h"

// One load once the file is mapped. A missing file means that recording is on.
bool control_switched_off(void);

// log2 of the slot count for a ring that is made now.
unsigned control_slot_count_log2(void);

// If reading the control file raised this fault, forgets the file until the next try.
void control_faulted(uintptr_t address);

// At unload.
void control_close(void);
