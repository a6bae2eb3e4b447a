/* A program with Python and all modules inside: it unpacks nothing and works in every directory.

   ENTRY is the module whose run() is the program; freeze.py writes modules[]. */

#include <Python.h>
#include <stdint.h>
#include <sys/mman.h>

extern const struct _frozen modules[];
extern PyObject *PyInit__yaml(void);

/* Python's small objects lie in large pages where the system offers them: one page fault instead of 512. That saves more
   of each start than the relocations of a position-independent program cost. */
static const size_t LARGE = (size_t)2 << 20;

static void *map_large(void)
{
    char *mapped = mmap(NULL, 2 * LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        return NULL;
    }
    size_t before = -(uintptr_t)mapped % LARGE; /* a large page begins at a multiple of its size */
    if (before > 0) {
        munmap(mapped, before);
    }
    munmap(mapped + before + LARGE, LARGE - before);
    madvise(mapped + before, LARGE, MADV_HUGEPAGE);
    return mapped + before;
}

static void *map_arena(void *context, size_t size) /* called with the interpreter's lock */
{
    static char *unused;
    static size_t left;
    if (left < size) {
        unused = map_large();
        left = unused == NULL ? 0 : LARGE;
    }
    if (left < size) {
        return NULL;
    }
    left -= size;
    return unused + left;
}

static void unmap_arena(void *context, void *arena, size_t size)
{
    munmap(arena, size);
}

/* Start like `python -I -S`, but without a path: all modules are in modules[]. */
static PyStatus start(PyConfig *config, int argc, char **argv)
{
    PyPreConfig before;
    PyPreConfig_InitPythonConfig(&before);
    before.isolated = 1;
    before.use_environment = 0;
    PyStatus status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status)) {
        return status;
    }
    PyConfig_InitPythonConfig(config);
    config->isolated = 1;
    config->use_environment = 0;
    config->site_import = 0;
    config->write_bytecode = 0;
    config->parse_argv = 0;
    config->pathconfig_warnings = 0;
    config->module_search_paths_set = 1;
    status = PyConfig_SetBytesArgv(config, argc, argv);
    if (PyStatus_Exception(status)) {
        return status;
    }
    return Py_InitializeFromConfig(config);
}

int main(int argc, char **argv)
{
    PyConfig config;
    PyObjectArenaAllocator arenas = {NULL, map_arena, unmap_arena};
    PyObject_SetArenaAllocator(&arenas);
    PyImport_FrozenModules = modules;
    PyImport_AppendInittab("yaml._yaml", PyInit__yaml);
    PyStatus status = start(&config, argc, argv);
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }
    PyConfig_Clear(&config);

    PyObject *entry = PyImport_ImportModule(ENTRY);
    PyObject *done = entry ? PyObject_CallMethod(entry, "run", NULL) : NULL;
    if (done == NULL) {
        PyErr_Print();
    }
    return Py_FinalizeEx() < 0 || done == NULL;
}
