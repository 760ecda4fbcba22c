// The notification that everybody writes.
#pragma once
#include <stdint.h>
#include <stdio.h>

// Aligned as what comes from a heap is.
static const _Alignas(16) uint16_t REMOTE_NAME[] = u"\\\\server17.corp.example\\projects-2291";
static const _Alignas(16) uint16_t LOCAL_NAME[] = u"M:";
static const _Alignas(16) uint16_t IMAGE_NAME[] = u"logonscript.exe";

#define LINE_SIZE 512

// The same fields as a line of JSON. The names are plain ASCII, so no escaping is counted against JSON.
static inline int event_as_json(char line[LINE_SIZE], uint64_t wall_time, uint64_t ticks)
{
    return snprintf(line, LINE_SIZE,
                    "{\"kind\":\"add\",\"notifyStatus\":1,\"operationStatus\":0,\"flags\":1,"
                    "\"wallTime\":\"%llu\",\"ticks\":\"%llu\","
                    "\"ticksPerSecond\":1000000000,\"context\":\"0\",\"processStartTime\":\"133800000000000000\",\"logonId\":4096,"
                    "\"processId\":4711,\"threadId\":4712,\"sessionId\":1,\"resourceType\":1,"
                    "\"remoteName\":\"\\\\\\\\server17.corp.example\\\\projects-2291\","
                    "\"localName\":\"M:\",\"imageName\":\"logonscript.exe\"}\n",
                    (unsigned long long)wall_time, (unsigned long long)ticks);
}
