# Every compiler and linker flag of the project, on the target linclf_options
# and nowhere else.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_COMPILE_WARNING_AS_ERROR "${LINCLF_WERROR}")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

# None of these changes a value. Contraction is off because where a multiply
# and an add may fuse is decided in vec.h, not by the compiler.
set(linclf_math_flags -ffp-contract=off -fno-math-errno -fno-trapping-math)

add_library(linclf_options INTERFACE)
target_compile_options(linclf_options INTERFACE
  ${linclf_math_flags}
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=."
  -Wall -Wextra -Wconversion -Wshadow -Wvla -Wundef -Wdouble-promotion
  -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
)

if(LINCLF_SANITIZE)
  list(JOIN LINCLF_SANITIZE "," linclf_sanitizers)
  target_compile_options(linclf_options INTERFACE
    "-fsanitize=${linclf_sanitizers}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(linclf_options INTERFACE "-fsanitize=${linclf_sanitizers}")
else()
  # A sanitizer has its own checks, needs larger frames, and clashes with the
  # fortified functions of libc.
  target_compile_options(linclf_options INTERFACE
    -Wframe-larger-than=16384 -fstack-protector-strong
    $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
    $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=2>)
endif()

if(LINCLF_COVERAGE)
  target_compile_options(linclf_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(linclf_options INTERFACE --coverage)
endif()

if(NOT APPLE)
  target_compile_options(linclf_options INTERFACE -fno-semantic-interposition)
  target_link_options(linclf_options INTERFACE
    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()

# What linclf.build_info() reports.
function(linclf_define_build_info target)
  list(JOIN linclf_math_flags " " math)
  string(TOUPPER "CMAKE_C_FLAGS_${CMAKE_BUILD_TYPE}" type_flags)
  string(STRIP "${CMAKE_C_FLAGS} ${${type_flags}} ${math}" flags)
  list(JOIN LINCLF_SANITIZE "," sanitizers)
  target_compile_definitions(${target} PRIVATE
    "LINCLF_BUILD_COMPILER=\"${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}\""
    "LINCLF_BUILD_STANDARD=\"C${CMAKE_C_STANDARD}\""
    "LINCLF_BUILD_TYPE=\"$<CONFIG>\""
    "LINCLF_BUILD_FLAGS=\"${flags}\""
    "LINCLF_BUILD_SANITIZERS=\"${sanitizers}\""
    "LINCLF_BUILD_ARCH=\"${linclf_arch}\"")
endfunction()

# Hides every other symbol of a module, also those that static libraries bring.
function(linclf_export_only target symbol)
  if(APPLE)
    target_link_options(${target} PRIVATE "-Wl,-exported_symbol,_${symbol}")
  else()
    set(script "${CMAKE_CURRENT_BINARY_DIR}/${target}.map")
    file(CONFIGURE OUTPUT "${script}" CONTENT "{ global: @symbol@; local: *; };\n" @ONLY)
    target_link_options(${target} PRIVATE "-Wl,--version-script=${script}")
  endif()
endfunction()
