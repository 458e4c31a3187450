// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace guidino::nn {

/// A value read from a pickle. Owned by its PickleTree; may be shared and may contain itself, so
/// walk with a limit or a set of visited nodes.
struct PickleNode
{
    enum class Kind {
        None,
        Bool,
        Int,
        Float,
        Text,
        Bytes,
        List,
        Tuple,
        Dict, ///< items: key, value, key, value ...; also OrderedDict, Namespace, Counter
        Set,
        Tensor,
        Array,   ///< NumPy: text = raw bytes, dtype, sizes; items instead of bytes for objects
        Global,  ///< a name on the allow-list: text = "module.name"
        Dtype,   ///< dtype = NumPy's or torch's name
        Storage, ///< text = key of PickleTree::storages
        Dropped, ///< something made with a global that the caller asked to leave out
    };

    Kind kind = Kind::None;
    std::int64_t integer = 0; ///< Bool, Int; Tensor: offset into the storage, in elements
    double real = 0;          ///< Float
    std::string text;         ///< Text, Bytes, Global; Tensor: key of its storage
    std::string dtype;        ///< Dtype; Array: as NumPy writes it ("<f8"); Tensor: torch's name
    std::vector<PickleNode*> items;
    std::vector<std::int64_t> sizes;   ///< Tensor, Array
    std::vector<std::int64_t> strides; ///< Tensor, in elements
    bool fortran_order = false;        ///< Array

    /// Value of a dict's text key; nullptr where there is none.
    [[nodiscard]] const PickleNode* find(const std::string& key) const;
};

/// A storage that tensors of a pickle point into; its data lies outside the pickle.
struct PickleStorage
{
    std::string dtype;         ///< torch's name, such as "float32"; "uint8" of an untyped storage
    std::int64_t elements = 0; ///< of `dtype`
};

struct PickleTree
{
    std::deque<PickleNode> nodes; ///< owns all of them
    PickleNode* root = nullptr;
    std::map<std::string, PickleStorage> storages;
    std::size_t bytes_read = 0; ///< up to and with STOP
};

/// Bounds that no file of ours or of the known tools comes near; they keep hostile input from
/// exhausting memory or time.
struct PickleOptions
{
    std::vector<std::string> drop_globals; ///< "module.name": left out instead of refused
    std::size_t max_nodes = 2'000'000;
    std::size_t max_stack = 2'000'000;
};

/// Interprets one pickle (protocols 2 to 5, what torch.save writes) as data, from the first byte to
/// STOP. Globals on the allow-list stand for values (BASELINES.md §2.4): torch tensors, storages,
/// dtypes and sizes, the collections, NumPy arrays, scalars and dtypes, `_codecs.encode`, pathlib
/// paths, `argparse.Namespace`. Any other is refused with BadInput that names it. No code is ever
/// called, imported or looked up. `what` names the file in messages. Any thread; needs no LibTorch.
[[nodiscard]] Result<PickleTree> unpickle(
    std::span<const std::byte> data, const std::string& what, const PickleOptions& options = {});

} // namespace guidino::nn
