# SPDX-License-Identifier: Apache-2.0
# Shared by ./run and ./check: Debian packages, LibTorch, configure and build. Sourced, not executed.
# Everything is done once and kept: a second start only checks that it is there.

set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/guidino
libtorch_id=2.11.0-7aa2f9bb
libtorch=$cache/libtorch-$libtorch_id
jobs=${GUIDINO_BUILD_JOBS:-$(nproc)}

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit "${2:-1}"; }

# Installs what packaging/linux/debian-packages.txt lists and dpkg does not have.
install_debian_packages() {
    local list=$repo/packaging/linux/debian-packages.txt missing=() package
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1=="ii"{print $2}')
    while read -r package; do
        case $package in ''|'#'*) continue;; esac
        grep -qx -- "$package" <<<"$installed" || missing+=("$package")
    done < "$list"
    [ ${#missing[@]} -gt 0 ] || return 0
    local apt="apt-get install -y --no-install-recommends ${missing[*]}" as_root=()
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            as_root=(sudo)
        else
            printf 'These Debian packages are missing, and neither root nor sudo is at hand.\nRun this once as root, then start again:\n\n    apt-get update && %s\n\n' "$apt" >&2
            exit 1
        fi
    fi
    say "Installing ${#missing[@]} Debian packages"
    local try
    for try in 1 2 3; do
        if "${as_root[@]}" apt-get update -q \
            && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $apt; then
            return 0
        fi
        say "apt failed (try $try of 3)"; sleep $((try * 5))
    done
    die "the Debian packages could not be installed. Is there a network? Missing: ${missing[*]}"
}

# fetch_wheels REQUIREMENTS FOLDER: downloads pinned wheels; pip checks every SHA-256. Finished files stay.
fetch_wheels() {
    local requirements=$1 folder=$2 try
    mkdir -p "$folder"
    for try in 1 2 3; do
        if python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
            --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none \
            --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
            --platform manylinux_2_25_x86_64 --platform manylinux_2_24_x86_64 \
            --platform manylinux_2_18_x86_64 --platform manylinux_2_17_x86_64 \
            --platform manylinux2014_x86_64 --platform manylinux2010_x86_64 --platform manylinux1_x86_64 \
            -r "$requirements" -d "$folder"; then
            return 0
        fi
        say "download failed (try $try of 3)"; sleep $((try * 5))
    done
    die "LibTorch could not be fetched from PyPI. Check the network (or proxy) and start again; finished files in $folder are kept."
}

# Unpacks LibTorch once into the cache that all checkouts share.
install_libtorch() {
    [ -f "$libtorch/.complete" ] && return 0
    [ "$(uname -m)" = x86_64 ] || die "LibTorch wheels are pinned for x86_64; this machine is $(uname -m)."
    mkdir -p "$cache"
    local lock=$cache/.lock part=$libtorch.part
    exec 9>"$lock"; flock 9
    if [ ! -f "$libtorch/.complete" ]; then
        say "Fetching LibTorch 2.11.0 from PyPI (about 546 MB, once for all checkouts)"
        fetch_wheels "$repo/packaging/linux/libtorch-wheels.txt" "$cache/downloads"
        rm -rf "$part"; mkdir -p "$part"
        unzip -q "$cache"/downloads/torch-2.11.0-*.whl 'torch/lib/*' 'torch/include/*' \
            'torch-*.dist-info/*' -x 'torch/lib/libtorch_python.so' -d "$part"
        unzip -q -o "$cache"/downloads/nvidia_cuda_runtime-13.0.96-*.whl 'nvidia/cu13/lib/*' -d "$part"
        unzip -q -o "$cache"/downloads/nvidia_cuda_cupti-13.0.85-*.whl 'nvidia/cu13/lib/libcupti*' -d "$part"
        touch "$part/.complete"
        rm -rf "$libtorch"; mv "$part" "$libtorch"
    fi
    exec 9>&-
}

gpu_libraries_installed() { [ -f "$libtorch/.gpu-complete" ]; }

# Puts the NVIDIA libraries that torch 2.11.0's metadata names beside LibTorch, where its run path looks for them.
install_gpu_libraries() {
    gpu_libraries_installed && return 0
    nvidia-smi -L >/dev/null 2>&1 || say "nvidia-smi does not answer: the libraries will be there, but no GPU is seen"
    say "Fetching the NVIDIA libraries for LibTorch 2.11.0 (about 1.9 GB, under the licences of NVIDIA)"
    fetch_wheels "$repo/packaging/linux/gpu-wheels.txt" "$cache/downloads-gpu"
    local wheel
    for wheel in "$cache"/downloads-gpu/*.whl; do
        unzip -q -o "$wheel" 'nvidia/*' -d "$libtorch"
    done
    touch "$libtorch/.gpu-complete"
}

# configure_and_build [TARGET...]: preset release, in build/release.
configure_and_build() {
    local build=$repo/build/release
    cd "$repo"
    mkdir -p "$build"
    export LIBTORCH_ROOT=$libtorch
    say "Configuring (log: build/release/configure.log)"
    cmake --preset release > "$build/configure.log" 2>&1 || { tail -n 40 "$build/configure.log" >&2; die "configure failed"; }
    say "Building with $jobs jobs"
    cmake --build "$build" --parallel "$jobs" ${1:+--target "$@"} > "$build/build.log" 2>&1 \
        || { grep -nE 'error|FAILED|fatal' "$build/build.log" | head -n 60 >&2; tail -n 30 "$build/build.log" >&2; die "build failed (log: build/release/build.log)"; }
}
