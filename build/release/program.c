/* A program with Python and all modules inside: it unpacks nothing and works in every directory.

   ENTRY is the module whose run() is the program; freeze.py writes modules[]. */

#include <Python.h>

extern const struct _frozen modules[];
extern PyObject *PyInit__yaml(void);

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
