// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/unpickler.h"

#include "core/nn/io/pickle_globals.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

namespace guidino::nn {

using Kind = PickleNode::Kind;

const PickleNode* PickleNode::find(const std::string& key) const
{
    if (kind != Kind::Dict) {
        return nullptr;
    }
    // From the back: a key that is set twice has its last value.
    for (std::size_t i = items.size() / 2; i-- > 0;) {
        if (items[2 * i]->kind == Kind::Text && items[2 * i]->text == key) {
            return items[2 * i + 1];
        }
    }
    return nullptr;
}

namespace {

/// Opcodes of protocols 2 to 5 that torch.save and NumPy write.
enum Opcode : std::uint8_t {
    kMark = '(',
    kStop = '.',
    kPop = '0',
    kPopMark = '1',
    kBinFloat = 'G',
    kBinInt = 'J',
    kBinInt1 = 'K',
    kBinInt2 = 'M',
    kNone = 'N',
    kBinPersId = 'Q',
    kReduce = 'R',
    kBinString = 'T',
    kShortBinString = 'U',
    kBinUnicode = 'X',
    kAppend = 'a',
    kBuild = 'b',
    kGlobal = 'c',
    kDict = 'd',
    kAppends = 'e',
    kBinGet = 'h',
    kLongBinGet = 'j',
    kList = 'l',
    kBinPut = 'q',
    kLongBinPut = 'r',
    kSetItem = 's',
    kTuple = 't',
    kSetItems = 'u',
    kEmptyDict = '}',
    kEmptyList = ']',
    kEmptyTuple = ')',
    kBinBytes = 'B',
    kShortBinBytes = 'C',
    kProto = 0x80,
    kNewObj = 0x81,
    kTuple1 = 0x85,
    kTuple2 = 0x86,
    kTuple3 = 0x87,
    kNewTrue = 0x88,
    kNewFalse = 0x89,
    kLong1 = 0x8a,
    kLong4 = 0x8b,
    kShortBinUnicode = 0x8c,
    kBinUnicode8 = 0x8d,
    kBinBytes8 = 0x8e,
    kEmptySet = 0x8f,
    kAddItems = 0x90,
    kFrozenSet = 0x91,
    kNewObjEx = 0x92,
    kStackGlobal = 0x93,
    kMemoize = 0x94,
    kFrame = 0x95,
    kByteArray8 = 0x96,
};

class Unpickler : private PickleMaker
{
public:
    Unpickler(std::span<const std::byte> data, const PickleOptions& options)
        : PickleMaker(data.size(), options)
        , m_data(data)
    {}

    PickleTree run()
    {
        while (!step()) {
        }
        m_tree.bytes_read = m_position;
        return std::move(m_tree);
    }

private:
    /// One opcode; true at STOP.
    bool step()
    {
        const std::uint8_t opcode = byte();
        if (opcode == kStop) {
            m_tree.root = pop();
            return true;
        }
        if (!stepValue(opcode) && !stepContainer(opcode) && !stepObject(opcode)) {
            throw PickleFault(
                "it uses the pickle opcode " + std::to_string(opcode)
                + ", which torch.save does not write");
        }
        return false;
    }

    bool stepValue(std::uint8_t opcode)
    {
        switch (opcode) {
        case kProto:
            if (byte() > 5) {
                throw PickleFault("its pickle protocol is newer than 5");
            }
            return true;
        case kFrame:
            take(8);
            return true;
        case kNone:
            push(none());
            return true;
        case kNewTrue:
            push(boolean(true));
            return true;
        case kNewFalse:
            push(boolean(false));
            return true;
        case kBinInt:
            push(integer(static_cast<std::int32_t>(number(4))));
            return true;
        case kBinInt1:
            push(integer(static_cast<std::int64_t>(number(1))));
            return true;
        case kBinInt2:
            push(integer(static_cast<std::int64_t>(number(2))));
            return true;
        case kLong1:
            pushLong(number(1));
            return true;
        case kLong4:
            pushLong(number(4));
            return true;
        case kBinFloat:
            pushFloat();
            return true;
        case kBinString:
        case kBinUnicode:
            pushText(Kind::Text, number(4));
            return true;
        case kShortBinString:
        case kShortBinUnicode:
            pushText(Kind::Text, number(1));
            return true;
        case kBinUnicode8:
            pushText(Kind::Text, number(8));
            return true;
        case kBinBytes:
            pushText(Kind::Bytes, number(4));
            return true;
        case kShortBinBytes:
            pushText(Kind::Bytes, number(1));
            return true;
        case kBinBytes8:
        case kByteArray8:
            pushText(Kind::Bytes, number(8));
            return true;
        default:
            return false;
        }
    }

    bool stepContainer(std::uint8_t opcode)
    {
        switch (opcode) {
        case kMark:
            pushMark();
            return true;
        case kPop:
            if (!m_marks.empty() && m_marks.back() == m_stack.size()) {
                m_marks.pop_back();
            } else {
                pop();
            }
            return true;
        case kPopMark:
            popMark();
            return true;
        case kEmptyList:
            push(make(Kind::List));
            return true;
        case kEmptyDict:
            push(make(Kind::Dict));
            return true;
        case kEmptySet:
            push(make(Kind::Set));
            return true;
        case kEmptyTuple:
            push(make(Kind::Tuple));
            return true;
        case kList:
            push(container(Kind::List, popMark()));
            return true;
        case kTuple:
            push(container(Kind::Tuple, popMark()));
            return true;
        case kFrozenSet:
            push(container(Kind::Set, popMark()));
            return true;
        case kDict: {
            const Items items = popMark();
            PickleNode* dict = make(Kind::Dict);
            extend(dict, items);
            push(dict);
            return true;
        }
        case kTuple1:
            pushTuple(1);
            return true;
        case kTuple2:
            pushTuple(2);
            return true;
        case kTuple3:
            pushTuple(3);
            return true;
        case kAppend:
            addItems(popSeveral(1));
            return true;
        case kSetItem:
            addItems(popSeveral(2));
            return true;
        case kAppends:
        case kSetItems:
        case kAddItems:
            addItems(popMark());
            return true;
        default:
            return false;
        }
    }

    bool stepObject(std::uint8_t opcode)
    {
        switch (opcode) {
        case kGlobal: {
            const std::string module = line();
            push(global(module, line()));
            return true;
        }
        case kStackGlobal: {
            const Items names = popSeveral(2);
            if (names[0]->kind != Kind::Text || names[1]->kind != Kind::Text) {
                throw PickleFault("the name of a global is not text");
            }
            push(global(names[0]->text, names[1]->text));
            return true;
        }
        case kReduce:
        case kNewObj: {
            const Items call = popSeveral(2);
            push(reduce(*call[0], call[1]));
            return true;
        }
        case kNewObjEx: {
            const Items call = popSeveral(3);
            push(reduce(*call[0], call[1]));
            return true;
        }
        case kBuild: {
            PickleNode* state = pop();
            build(*top(), *state);
            return true;
        }
        case kBinPersId:
            push(persistent(*pop()));
            return true;
        case kBinPut:
            memoize(number(1));
            return true;
        case kLongBinPut:
            memoize(number(4));
            return true;
        case kMemoize:
            memoize(m_memo.size());
            return true;
        case kBinGet:
            pushMemo(number(1));
            return true;
        case kLongBinGet:
            pushMemo(number(4));
            return true;
        default:
            return false;
        }
    }

    std::span<const std::byte> take(std::uint64_t count)
    {
        if (count > m_data.size() - m_position) {
            throw PickleFault("its pickle ends too early; it is probably truncated");
        }
        const auto part = m_data.subspan(m_position, static_cast<std::size_t>(count));
        m_position += static_cast<std::size_t>(count);
        return part;
    }

    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }

    /// Little-endian.
    std::uint64_t number(std::size_t bytes)
    {
        std::uint64_t value = 0;
        const auto part = take(bytes);
        for (std::size_t i = bytes; i-- > 0;) {
            value = value << 8 | static_cast<std::uint64_t>(part[i]);
        }
        return value;
    }

    std::string line()
    {
        std::string text;
        for (;;) {
            const char letter = static_cast<char>(byte());
            if (letter == '\n') {
                return text;
            }
            text += letter;
            if (text.size() > 1000) {
                throw PickleFault("the name of a global is too long");
            }
        }
    }

    void pushLong(std::uint64_t bytes)
    {
        const auto part = take(bytes);
        // Longer ones are hashes and the like, of which only the magic number matters to anyone.
        PickleNode* node = make(Kind::Int);
        if (part.size() > 8) {
            node->text.assign(reinterpret_cast<const char*>(part.data()), part.size());
        } else if (!part.empty()) {
            std::uint64_t value =
                static_cast<std::uint8_t>(part.back()) >= 0x80 ? ~std::uint64_t{0} : 0;
            for (std::size_t i = part.size(); i-- > 0;) {
                value = value << 8 | static_cast<std::uint64_t>(part[i]);
            }
            node->integer = static_cast<std::int64_t>(value);
        }
        push(node);
    }

    void pushFloat()
    {
        std::uint64_t bits = 0;
        for (const std::byte part : take(8)) {
            bits = bits << 8 | static_cast<std::uint64_t>(part);
        }
        PickleNode* node = make(Kind::Float);
        node->real = std::bit_cast<double>(bits);
        push(node);
    }

    void pushText(Kind kind, std::uint64_t bytes)
    {
        const auto part = take(bytes);
        PickleNode* node = make(kind);
        node->text.assign(reinterpret_cast<const char*>(part.data()), part.size());
        push(node);
    }

    void pushTuple(std::size_t count) { push(container(Kind::Tuple, popSeveral(count))); }

    void pushMemo(std::uint64_t index)
    {
        const auto found = m_memo.find(index);
        if (found == m_memo.end()) {
            throw PickleFault("its pickle refers to a value that it has not made");
        }
        push(found->second);
    }

    void memoize(std::uint64_t index)
    {
        m_memo[index] = top();
        bound(m_memo.size(), m_options.max_nodes);
    }

    static void bound(std::size_t size, std::size_t limit)
    {
        if (size > limit) {
            throw PickleFault("its pickle nests or holds more than is sensible");
        }
    }

    void push(PickleNode* node)
    {
        bound(m_stack.size(), m_options.max_stack);
        m_stack.push_back(node);
    }

    void pushMark()
    {
        bound(m_marks.size(), m_options.max_stack);
        m_marks.push_back(m_stack.size());
    }

    [[nodiscard]] std::size_t available() const
    {
        return m_stack.size() - (m_marks.empty() ? 0 : m_marks.back());
    }

    /// The value under `count` others.
    PickleNode* below(std::size_t count)
    {
        if (available() < count + 1) {
            throw PickleFault("its pickle is damaged: a value is missing");
        }
        return m_stack[m_stack.size() - 1 - count];
    }

    PickleNode* top() { return below(0); }

    PickleNode* pop()
    {
        PickleNode* node = top();
        m_stack.pop_back();
        return node;
    }

    /// To the container below the items, which are off the stack already.
    void addItems(const Items& items) { extend(top(), items); }

    Items popSeveral(std::size_t count)
    {
        below(count - 1);
        Items items(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
        m_stack.resize(m_stack.size() - count);
        return items;
    }

    Items popMark()
    {
        if (m_marks.empty()) {
            throw PickleFault("its pickle is damaged: a mark is missing");
        }
        const std::size_t mark = m_marks.back();
        m_marks.pop_back();
        Items items(m_stack.begin() + static_cast<std::ptrdiff_t>(mark), m_stack.end());
        m_stack.resize(mark);
        return items;
    }

    std::span<const std::byte> m_data;
    std::size_t m_position = 0;
    std::vector<PickleNode*> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint64_t, PickleNode*> m_memo;
};

} // namespace

Result<PickleTree>
unpickle(std::span<const std::byte> data, const std::string& what, const PickleOptions& options)
{
    std::string message = "'";
    message.append(what).append("' cannot be read: ");
    try {
        return Unpickler(data, options).run();
    } catch (const PickleFault& fault) {
        return Error{ErrorCode::BadInput, message.append(fault.message), {{"file", what}}};
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, message.append("not enough memory"), {{"file", what}}};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::BadInput, message.append(exception.what()), {{"file", what}}};
    }
}

} // namespace guidino::nn
