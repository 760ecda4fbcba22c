// The notification that everybody writes.
#pragma once
#include <stdint.h>
#include <stdio.h>

#define REMOTE_NAME u"\\\\server17.corp.example\\projects-2291"
#define LOCAL_NAME u"M:"
#define IMAGE_NAME u"logonscript.exe"

#define EVENT_MAX 512

// The same fields as a line of JSON. The names are plain ASCII, so no escaping is counted against JSON.
static inline int event_as_json(char line[EVENT_MAX], uint64_t wall_time, uint64_t ticks)
{
    return snprintf(line, EVENT_MAX,
                    "{\"kind\":\"add\",\"notifyStatus\":1,\"operationStatus\":0,\"flags\":1,\"wallTime\":\"%llu\",\"ticks\":\"%llu\","
                    "\"ticksPerSecond\":1000000000,\"context\":\"0\",\"processStartTime\":\"133800000000000000\",\"logonId\":4096,"
                    "\"processId\":4711,\"threadId\":4712,\"sessionId\":1,\"resourceType\":1,"
                    "\"remoteName\":\"\\\\\\\\server17.corp.example\\\\projects-2291\",\"localName\":\"M:\",\"imageName\":\"logonscript.exe\"}\n",
                    (unsigned long long)wall_time, (unsigned long long)ticks);
}
