// A recording notifyee, and the self-test that listens to it.
#pragma once

#define UNICODE
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <winnetwk.h>
#include <npapi.h>

// Called inside the notification, with exactly one of add and cancel. `self` is what ProbeListen was given.
typedef void (*Listener)(int self, NOTIFYINFO *info, NOTIFYADD *add, NOTIFYCANCEL *cancel);

typedef void(WINAPI *ProbeListen)(Listener listener, int self);
