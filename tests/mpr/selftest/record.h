// What the self-test keeps of each notification.
#pragma once
#include "probe.h"

typedef struct {
    int probe;
    BOOL cancels;
    DWORD phase;
    DWORD status;
    void *context_in; // lpContext as MPR passed it
    LONG provider_calls; // how often the provider had been asked before this notification
    wchar_t local_name[64];
    wchar_t remote_name[64]; // the name, of a cancel
    BOOL local_name_is_null;
    DWORD type;
    DWORD flags;
    BOOL force;
    void *owner;
    wchar_t provider[64]; // of a cancel that succeeded
    BOOL undefined_fields_crash; // every field that is not defined would fault, or is obvious nonsense
} Notification;

#define PROBES 2
#define NOTIFICATIONS_MAX 64

extern Notification notifications[NOTIFICATIONS_MAX];
extern int notification_count;
// What each probe leaves in lpContext in PRE.
extern void *contexts_to_leave[PROBES];

BOOL start_probes(void);
LONG provider_calls(void);
