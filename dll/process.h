// The facts of a record about the process. They are found out once.
#pragma once
#include "record.h"

struct process {
    uint64_t start_time;       // FILETIME
    uint64_t ticks_per_second; // QueryPerformanceFrequency
    uint32_t id;
    struct text image_name;    // the program's file name without its folder
};

// The result may be `scratch`.
const struct process *this_process(struct process *scratch);

// Performance counter and wall clock. On hardware of Windows 10 they make no system call. The wall clock is the precise one (100 ns).
// GetSystemTimeAsFileTime would save some 20 ns of a notification, but it may be 16 ms late, and events could not be ordered by it.
uint64_t ticks_now(void);
uint64_t wall_time_now(void);
