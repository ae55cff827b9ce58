/* The sentence of an error, written into the caller's linclf_error. */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

linclf_status
linclf_fail(linclf_error *error, linclf_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

linclf_status
linclf_out_of_memory(linclf_error *error, size_t bytes)
{
    return linclf_fail(error, LINCLF_STATUS_memory,
                       "could not allocate %zu bytes of scratch memory", bytes);
}
