# Every losses/<name>.inc, for kernels.c to include: a new loss is not listed
# here. A row in the table without its file does not compile.
file(GLOB linclf_losses CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/csrc/core"
  csrc/core/losses/*.inc)
list(TRANSFORM linclf_losses REPLACE "(.+)" "#include \"\\1\"\n")
list(JOIN linclf_losses "" linclf_losses)
set(linclf_generated_dir "${CMAKE_CURRENT_BINARY_DIR}/generated")
file(CONFIGURE OUTPUT "${linclf_generated_dir}/loss_files.inc" CONTENT "@linclf_losses@" @ONLY)

# linclf_add_kernels(<isa> [flags...])
#
# Compiles csrc/core/kernels.c once more, for the instruction set <isa>, into
# linclf_core, and tells dispatch.c that this table exists. The object exports
# one constant table whose name ends in <isa>.
function(linclf_add_kernels isa)
  set(objects linclf_kernels_${isa})
  add_library(${objects} OBJECT csrc/core/kernels.c)
  target_include_directories(${objects} PRIVATE
    csrc/include csrc/core "${linclf_generated_dir}")
  target_compile_definitions(${objects} PRIVATE "LINCLF_ISA=${isa}")
  # All functions are static, so no vector crosses an object and the psABI of
  # wide vectors does not matter.
  target_compile_options(${objects} PRIVATE ${ARGN} -Wno-psabi)
  target_link_libraries(${objects} PRIVATE linclf_options)

  target_sources(linclf_core PRIVATE $<TARGET_OBJECTS:${objects}>)
  string(TOUPPER "LINCLF_HAVE_${isa}" have)
  set_property(SOURCE csrc/core/dispatch.c APPEND PROPERTY COMPILE_DEFINITIONS "${have}=1")
endfunction()
