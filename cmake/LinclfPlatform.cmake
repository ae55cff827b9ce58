# Stops with a sentence instead of building something that computes wrong
# numbers. Sets linclf_arch: x86_64, aarch64, or what the system calls it.

if(NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang" OR MSVC)
  message(FATAL_ERROR
    "linclf needs GCC or Clang: its kernels use their vector types. "
    "Found ${CMAKE_C_COMPILER_ID}. Set CC=gcc or CC=clang.")
endif()
if(WIN32)
  message(FATAL_ERROR "linclf needs POSIX threads. On Windows build it inside WSL.")
endif()
if(NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
  message(FATAL_ERROR
    "linclf supports 64-bit systems only; this compiler makes "
    "${CMAKE_SIZEOF_VOID_P}-byte pointers.")
endif()
if(NOT CMAKE_C_BYTE_ORDER STREQUAL "LITTLE_ENDIAN")
  message(FATAL_ERROR
    "linclf supports little-endian systems only; this one is ${CMAKE_C_BYTE_ORDER}.")
endif()

set(linclf_arch "${CMAKE_SYSTEM_PROCESSOR}")
if(APPLE AND CMAKE_OSX_ARCHITECTURES)
  set(linclf_arch "${CMAKE_OSX_ARCHITECTURES}")
  list(LENGTH linclf_arch linclf_arch_count)
  if(linclf_arch_count GREATER 1)
    message(FATAL_ERROR
      "linclf is built for one architecture at a time, not for ${linclf_arch}: "
      "the kernels are compiled per instruction set. "
      "Pass one of them in CMAKE_OSX_ARCHITECTURES.")
  endif()
endif()
if(linclf_arch MATCHES "^(x86_64|AMD64|amd64)$")
  set(linclf_arch x86_64)
elseif(linclf_arch MATCHES "^(aarch64|arm64)$")
  set(linclf_arch aarch64)
endif()

# Flags that come from outside (CFLAGS, -DCMAKE_C_FLAGS).
string(TOUPPER "CMAKE_C_FLAGS_${CMAKE_BUILD_TYPE}" linclf_type_flags)
set(linclf_outer_flags "${CMAKE_C_FLAGS} ${${linclf_type_flags}}")
foreach(flag IN ITEMS
    -ffast-math -Ofast -funsafe-math-optimizations -fassociative-math
    -freciprocal-math -ffinite-math-only -fno-signed-zeros -mdaz-ftz)
  if(" ${linclf_outer_flags} " MATCHES " ${flag} ")
    message(FATAL_ERROR
      "${flag} is among the C flags (CFLAGS or CMAKE_C_FLAGS). It lets the compiler "
      "reorder sums and forget NaN, and linclf promises the same bits for every "
      "thread count and a NaN loss for NaN data. Remove the flag.")
  endif()
endforeach()
if(linclf_outer_flags MATCHES "(-march=native|-mcpu=native)")
  message(FATAL_ERROR
    "${CMAKE_MATCH_1} is among the C flags (CFLAGS or CMAKE_C_FLAGS). linclf compiles "
    "its kernels once per instruction set and chooses at run time; with this flag "
    "the baseline would crash on an older CPU and round differently. Remove the "
    "flag: nothing gets slower.")
endif()
