# SPDX-License-Identifier: Apache-2.0
# LibTorch::LibTorch (libtorch_cpu, libc10) from an unpacked torch wheel or a libtorch folder, without find_package(Torch),
# which edits CMAKE_CXX_FLAGS of the whole project. LIBTORCH_ROOT: the folder that holds torch/ (a wheel) or lib/ and include/.
if(NOT LIBTORCH_ROOT)
  set(LIBTORCH_ROOT "$ENV{LIBTORCH_ROOT}" CACHE PATH "Folder with LibTorch" FORCE)
endif()
if(NOT LIBTORCH_ROOT)
  set(cache_home "$ENV{XDG_CACHE_HOME}")
  if(NOT cache_home)
    set(cache_home "$ENV{HOME}/.cache")
  endif()
  set(LIBTORCH_ROOT "${cache_home}/guidino/libtorch-2.11.0-7aa2f9bb" CACHE PATH "Folder with LibTorch" FORCE)
endif()
find_path(LIBTORCH_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
  PATHS ${LIBTORCH_ROOT}/torch/include ${LIBTORCH_ROOT}/include NO_DEFAULT_PATH)
find_library(LIBTORCH_CPU_LIBRARY torch_cpu PATHS ${LIBTORCH_ROOT}/torch/lib ${LIBTORCH_ROOT}/lib NO_DEFAULT_PATH)
find_library(LIBTORCH_C10_LIBRARY c10 PATHS ${LIBTORCH_ROOT}/torch/lib ${LIBTORCH_ROOT}/lib NO_DEFAULT_PATH)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LIBTORCH_CPU_LIBRARY LIBTORCH_C10_LIBRARY LIBTORCH_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "LibTorch 2.11 was not found below '${LIBTORCH_ROOT}'. ./run and ./check fetch it.")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  get_filename_component(LIBTORCH_LIBRARY_DIR ${LIBTORCH_CPU_LIBRARY} DIRECTORY)
  # The wheel keeps libcudart and libcupti beside torch/, in nvidia/cu13/lib.
  set(LIBTORCH_CUDA_RUNTIME_DIR ${LIBTORCH_ROOT}/nvidia/cu13/lib)
  add_library(LibTorch::C10 SHARED IMPORTED)
  set_target_properties(LibTorch::C10 PROPERTIES IMPORTED_LOCATION ${LIBTORCH_C10_LIBRARY} IMPORTED_NO_SONAME ON)
  add_library(LibTorch::LibTorch SHARED IMPORTED)
  set_target_properties(LibTorch::LibTorch PROPERTIES IMPORTED_LOCATION ${LIBTORCH_CPU_LIBRARY})
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    ${LIBTORCH_INCLUDE_DIR} ${LIBTORCH_INCLUDE_DIR}/torch/csrc/api/include)
  target_compile_definitions(LibTorch::LibTorch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  target_link_libraries(LibTorch::LibTorch INTERFACE LibTorch::C10)
  target_link_options(LibTorch::LibTorch INTERFACE
    "LINKER:-rpath-link,${LIBTORCH_LIBRARY_DIR}" "LINKER:-rpath-link,${LIBTORCH_CUDA_RUNTIME_DIR}"
    "LINKER:--allow-shlib-undefined")
  # Only for the CUDA module, which is loaded where a GPU is; its own libraries need not be there to link it.
  if(EXISTS ${LIBTORCH_LIBRARY_DIR}/libc10_cuda.so)
    add_library(LibTorch::C10Cuda SHARED IMPORTED)
    set_target_properties(LibTorch::C10Cuda PROPERTIES IMPORTED_LOCATION ${LIBTORCH_LIBRARY_DIR}/libc10_cuda.so)
  endif()
endif()
