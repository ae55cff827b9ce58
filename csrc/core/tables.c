/* What the tables of linclf.h say about losses and dtypes. */
#include "internal.h"

#define NAME_(name) #name,
#define DTYPE_NAME_(name, type) #name,
#define DTYPE_SIZE_(name, type) sizeof(type),

const char *
linclf_loss_name(int loss)
{
    static const char *const names[] = {LINCLF_LOSSES(NAME_)};

    return loss >= 0 && loss < LINCLF_N_LOSSES ? names[loss] : NULL;
}

const char *
linclf_dtype_name(linclf_dtype dtype)
{
    static const char *const names[] = {
        "float32", "float64", "int8",   "uint8", "int16",
        "uint16",  "int32",   "uint32", "int64", "uint64",
    };

    return names[dtype];
}

ptrdiff_t
linclf_dtype_size(linclf_dtype dtype)
{
    static const ptrdiff_t sizes[] = {LINCLF_DTYPES(DTYPE_SIZE_)};

    return sizes[dtype];
}
