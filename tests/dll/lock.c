// Locks a file, says "locked", and lets go when stdin ends.
//
//   lock flock|record|lease FILE
//
// flock and record locks are advice; a lease makes others' open() fail (or wait, unless they asked not to), and is given only for a file
// that nobody has open.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    const char *kind = count == 3 ? arguments[1] : "";
    int file = count == 3 ? open(arguments[2], O_RDWR | O_CLOEXEC) : -1;
    int done = -1;
    signal(SIGIO, SIG_IGN); // sent to the holder of a lease when somebody wants the file
    if (file >= 0 && strcmp(kind, "flock") == 0) done = flock(file, LOCK_EX | LOCK_NB);
    else if (file >= 0 && strcmp(kind, "record") == 0) done = fcntl(file, F_SETLK, &(struct flock){.l_type = F_WRLCK});
    else if (file >= 0 && strcmp(kind, "lease") == 0) done = fcntl(file, F_SETLEASE, F_WRLCK);
    printf("%s\n", done == 0 ? "locked" : strerror(errno));
    fflush(stdout);
    while (getchar() != EOF) {}
    return done == 0 ? 0 : 1;
}
