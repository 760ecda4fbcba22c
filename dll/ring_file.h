// The file of an identity's ring: found, judged, made, mapped.
#pragma once
#include "ring.h"
#include "settings.h"
#include "token.h"

// Opens the ring, making it if it is not there. False: not possible now.
bool ring_file_open(const struct identity *identity, struct settings *settings, struct ring *ring);

void ring_file_close(const struct ring *ring);
