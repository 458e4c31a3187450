// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guidino::datasets {

/// One image of a list: found again by its content, wherever the data set lies.
struct SplitEntry
{
    std::string name;   ///< Sample::name
    std::string sha256; ///< of the image file; may be empty

    friend bool operator==(const SplitEntry&, const SplitEntry&) = default;
};

/// Named lists of images: train, val, test, or any other names. As a file:
/// {"version": 1, "seed": 42, "lists": {"train": [{"name": ..., "sha256": ...}, ...], ...}}
struct SplitLists
{
    std::int64_t seed = 0;
    std::vector<std::pair<std::string, std::vector<SplitEntry>>> lists;

    /// Null where there is none of that name.
    [[nodiscard]] const std::vector<SplitEntry>* find(std::string_view name) const;

    friend bool operator==(const SplitLists&, const SplitLists&) = default;
};

/// Shares of train, val and test; they need not add up to 1.
struct SplitFractions
{
    double train = 0.8;
    double val = 0.2;
    double test = 0;
};

/// A split as positions in Dataset::samples.
struct SplitIndices
{
    std::vector<std::pair<std::string, std::vector<std::size_t>>> lists;
    std::vector<std::string> warnings; ///< such as images found by name whose content has changed

    /// Empty where there is none of that name.
    [[nodiscard]] const std::vector<std::size_t>& operator[](std::string_view name) const;
};

/// Draws lists of samples that have a mask; samples of one group stay in one list. The same data
/// set, fractions and seed give the same lists on every machine. Each share above 0 gets at least
/// one group where there are enough groups. Usage: negative shares, or none. BadInput: no pairs.
[[nodiscard]] Result<SplitIndices>
randomSplit(const Dataset& dataset, const SplitFractions& fractions, std::int64_t seed);

/// The split that the folders give (Sample::split), completed where parts are missing: without
/// val, a share `fractions.val` of train's groups is drawn for it; without any split all is drawn.
/// A given test part is never touched.
[[nodiscard]] Result<SplitIndices>
splitOf(const Dataset& dataset, const SplitFractions& fractions, std::int64_t seed);

/// With content hashes, ready to be written. BadInput: a file cannot be read.
[[nodiscard]] Result<SplitLists>
listsOf(const Dataset& dataset, const SplitIndices& indices, std::int64_t seed);

/// Finds listed images again: by hash, then by name, then by a stem that is unique. BadInput names
/// images that are not there, that stand in two of train, val and test (other lists may overlap),
/// or whose name fits more than one.
[[nodiscard]] Result<SplitIndices> resolve(const Dataset& dataset, const SplitLists& lists);

/// Configuration: not of this form or of a later version. NotFound, BadInput.
[[nodiscard]] Result<SplitLists> readSplits(const std::filesystem::path& path);

/// Atomic. CannotWrite.
[[nodiscard]] Status writeSplits(const std::filesystem::path& path, const SplitLists& lists);

/// Sets Sample::group from a table (comma, semicolon or tab separated, quoted fields allowed).
/// `keyColumn` holds names or stems of images (empty: the first column). Samples that the table
/// does not name are an error (BadInput), as are unknown columns (Usage).
[[nodiscard]] Status groupByTable(
    Dataset& dataset,
    const std::filesystem::path& table,
    std::string_view column,
    std::string_view keyColumn = {});

/// Sets Sample::group to what a regular expression (ECMAScript) matches in Sample::name: its first
/// bracket, else the whole match. Usage: not a regular expression. BadInput: names without a match.
[[nodiscard]] Status groupByPattern(Dataset& dataset, const std::string& pattern);

} // namespace guidino::datasets
