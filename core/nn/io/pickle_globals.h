// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/io/unpickler.h"

#include <string>
#include <utility>
#include <vector>

/// What the names on the unpickler's allow-list stand for. Used by unpickler.cpp only.
namespace guidino::nn {

struct PickleFault
{
    explicit PickleFault(std::string text)
        : message(std::move(text))
    {}

    std::string message; ///< ends "'FILE' cannot be read: ..."
};

/// Makes the nodes of a tree and gives meaning to globals, calls and states. Every function throws
/// PickleFault for what is not on the list, is malformed or goes beyond the options' bounds.
class PickleMaker
{
protected:
    using Items = std::vector<PickleNode*>;

    PickleMaker(std::size_t pickle_bytes, const PickleOptions& options);

    PickleNode* make(PickleNode::Kind kind);
    PickleNode* none();
    PickleNode* boolean(bool value);
    PickleNode* integer(std::int64_t value);
    PickleNode* container(PickleNode::Kind kind, Items items);

    /// Appends to a list, set or dict (keys and values in turn); nothing happens to what was
    /// dropped.
    void extend(PickleNode* target, const Items& items);

    PickleNode* global(const std::string& module, const std::string& name);

    /// What `callable(*arguments)` stands for.
    PickleNode* reduce(const PickleNode& callable, PickleNode* arguments);

    /// What `target.__setstate__(state)` stands for.
    void build(PickleNode& target, const PickleNode& state);

    /// A storage's persistent id.
    PickleNode* persistent(const PickleNode& id);

    PickleTree m_tree;
    PickleOptions m_options;

private:
    PickleNode* reduceTorch(const std::string& name, const Items& arguments);
    PickleNode* reduceNumpy(const std::string& name, const Items& arguments);
    PickleNode* reduceCollection(const std::string& name, const Items& arguments);
    PickleNode* reducePath(const std::string& name, const Items& arguments);
    PickleNode* tensor(const Items& arguments, bool has_dtype);
    PickleNode* numpyScalar(const PickleNode& dtype, PickleNode& value);
    PickleNode* encode(const Items& arguments);
    void buildArray(PickleNode& array, const PickleNode& state);
    void buildDtype(PickleNode& dtype, const PickleNode& state);
    [[nodiscard]] std::vector<std::int64_t> lengths(const PickleNode& node) const;
    void spend(std::size_t& budget, std::size_t amount);

    PickleNode* m_none = nullptr;
    PickleNode* m_true = nullptr;
    PickleNode* m_false = nullptr;
    PickleNode* m_dropped = nullptr;
    std::size_t m_item_budget;
    std::size_t m_text_budget;
};

} // namespace guidino::nn
