/* kubectl runs this for completion; it runs the program next to it. */

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char PROGRAM[] = "kubectl-pullsecret";

int main(int argc, char **argv)
{
    char path[PATH_MAX + sizeof PROGRAM];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX); /* argv[0] may be a link */
    char *words[argc + 2];

    if (length < 0) {
        length = snprintf(path, PATH_MAX, "%s", argv[0]);
    }
    path[length < PATH_MAX ? length : PATH_MAX] = '\0';
    char *slash = strrchr(path, '/');
    if (slash != NULL) {
        strcpy(slash + 1, PROGRAM);
        words[0] = path;
        words[1] = "__complete";
        memcpy(words + 2, argv + 1, argc * sizeof *argv); /* with the NULL after the last one */
        execv(path, words);
    }
    puts(":4"); /* no candidates, and no files (cobra: ShellCompDirectiveNoFileComp) */
    return 0;
}
