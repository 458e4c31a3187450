// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/pickle_globals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace guidino::nn {

using Kind = PickleNode::Kind;

namespace {

constexpr std::size_t kMaxDimensions = 64;

struct NamePair
{
    std::string_view name;
    std::string_view dtype;
};

/// Typed storages and the dtypes that their files hold.
constexpr std::array<NamePair, 13> kStorages = {{
    {"DoubleStorage", "float64"},
    {"FloatStorage", "float32"},
    {"HalfStorage", "float16"},
    {"BFloat16Storage", "bfloat16"},
    {"LongStorage", "int64"},
    {"IntStorage", "int32"},
    {"ShortStorage", "int16"},
    {"CharStorage", "int8"},
    {"ByteStorage", "uint8"},
    {"BoolStorage", "bool"},
    {"ComplexFloatStorage", "complex64"},
    {"ComplexDoubleStorage", "complex128"},
    {"UntypedStorage", "uint8"},
}};

constexpr std::array<NamePair, 24> kTorchDtypes = {{
    {"float64", "float64"},
    {"double", "float64"},
    {"float32", "float32"},
    {"float", "float32"},
    {"float16", "float16"},
    {"half", "float16"},
    {"bfloat16", "bfloat16"},
    {"int64", "int64"},
    {"long", "int64"},
    {"int32", "int32"},
    {"int", "int32"},
    {"int16", "int16"},
    {"short", "int16"},
    {"int8", "int8"},
    {"uint8", "uint8"},
    {"bool", "bool"},
    {"complex64", "complex64"},
    {"cfloat", "complex64"},
    {"complex128", "complex128"},
    {"cdouble", "complex128"},
    {"uint16", "uint16"},
    {"uint32", "uint32"},
    {"uint64", "uint64"},
    {"complex32", "complex32"},
}};

/// numpy.dtypes.*DType and NumPy's scalar types.
constexpr std::array<NamePair, 26> kNumpyTypes = {{
    {"Float64DType", "<f8"}, {"Float32DType", "<f4"}, {"Float16DType", "<f2"},
    {"Int64DType", "<i8"},   {"Int32DType", "<i4"},   {"Int16DType", "<i2"},
    {"Int8DType", "|i1"},    {"UInt64DType", "<u8"},  {"UInt32DType", "<u4"},
    {"UInt16DType", "<u2"},  {"UInt8DType", "|u1"},   {"BoolDType", "|b1"},
    {"ObjectDType", "|O"},   {"float64", "<f8"},      {"float32", "<f4"},
    {"float16", "<f2"},      {"int64", "<i8"},        {"int32", "<i4"},
    {"int16", "<i2"},        {"int8", "|i1"},         {"uint64", "<u8"},
    {"uint32", "<u4"},       {"uint16", "<u2"},       {"uint8", "|u1"},
    {"bool_", "|b1"},        {"bool", "|b1"},
}};

template<std::size_t N>
std::string_view lookUp(const std::array<NamePair, N>& table, std::string_view name)
{
    for (const NamePair& pair : table) {
        if (pair.name == name) {
            return pair.dtype;
        }
    }
    return {};
}

bool isOneOf(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// NumPy 2 renamed numpy.core; Python 3.13 moved pathlib's classes; Python 2 named the builtins
/// otherwise.
std::string canonical(std::string_view module, std::string_view name)
{
    if (module == "numpy._core.multiarray") {
        module = "numpy.core.multiarray";
    } else if (module == "numpy._core.numeric") {
        module = "numpy.core.numeric";
    } else if (module == "pathlib._local") {
        module = "pathlib";
    } else if (module == "__builtin__") {
        module = "builtins";
    } else if (module == "torch.cuda" || module == "torch.storage") {
        if (!lookUp(kStorages, name).empty()) {
            module = "torch";
        }
    }
    std::string full(module);
    return full.append(".").append(name);
}

/// The allow-list of BASELINES.md §2.4, by canonical name.
bool isAllowed(const std::string& full)
{
    const std::size_t dot = full.rfind('.');
    const std::string_view module = std::string_view(full).substr(0, dot);
    const std::string_view name = std::string_view(full).substr(dot + 1);
    if (module == "torch") {
        return isOneOf(name, {"Size", "Tensor"}) || !lookUp(kStorages, name).empty()
               || !lookUp(kTorchDtypes, name).empty();
    }
    if (module == "torch._utils") {
        return isOneOf(
            name,
            {"_rebuild_tensor",
             "_rebuild_tensor_v2",
             "_rebuild_tensor_v3",
             "_rebuild_parameter",
             "_rebuild_parameter_with_state"});
    }
    if (module == "collections") {
        return isOneOf(name, {"OrderedDict", "defaultdict", "Counter", "deque"});
    }
    if (module == "builtins") {
        return isOneOf(
            name,
            {"set",
             "frozenset",
             "list",
             "dict",
             "tuple",
             "bytearray",
             "int",
             "float",
             "str",
             "bool",
             "complex"});
    }
    if (module == "numpy") {
        return isOneOf(name, {"ndarray", "dtype"}) || !lookUp(kNumpyTypes, name).empty();
    }
    if (module == "numpy.dtypes") {
        return name.ends_with("DType") && !lookUp(kNumpyTypes, name).empty();
    }
    if (module == "pathlib") {
        return isOneOf(
            name,
            {"Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath"});
    }
    return isOneOf(
        full,
        {"torch._tensor._rebuild_from_type_v2",
         "torch.nn.parameter.Parameter",
         "numpy.core.multiarray._reconstruct",
         "numpy.core.multiarray.scalar",
         "numpy.core.numeric._frombuffer",
         "_codecs.encode",
         "argparse.Namespace"});
}

/// For messages: a hostile name must not print control characters.
std::string printable(std::string text)
{
    std::replace_if(
        text.begin(),
        text.end(),
        [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; },
        '?');
    return text.size() > 200 ? text.substr(0, 200) + "..." : text;
}

const PickleNode& at(const std::vector<PickleNode*>& items, std::size_t index)
{
    if (index >= items.size()) {
        throw PickleFault("its pickle is damaged: a call has too few arguments");
    }
    return *items[index];
}

double halfToDouble(std::uint16_t bits)
{
    const int exponent = bits >> 10 & 0x1f;
    const double fraction = bits & 0x3ff;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 0x1f) {
        return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    }
    return exponent == 0 ? sign * std::ldexp(fraction, -24)
                         : sign * std::ldexp(fraction + 1024, exponent - 25);
}

} // namespace

PickleMaker::PickleMaker(std::size_t pickle_bytes, const PickleOptions& options)
    : m_options(options)
    , m_item_budget(4 * options.max_nodes)
    , m_text_budget(pickle_bytes + (std::size_t{1} << 20))
{
    m_none = make(Kind::None);
    m_true = make(Kind::Bool);
    m_true->integer = 1;
    m_false = make(Kind::Bool);
    m_dropped = make(Kind::Dropped);
}

PickleNode* PickleMaker::make(Kind kind)
{
    if (m_tree.nodes.size() >= m_options.max_nodes) {
        throw PickleFault("its pickle holds more values than is sensible");
    }
    m_tree.nodes.emplace_back();
    m_tree.nodes.back().kind = kind;
    return &m_tree.nodes.back();
}

PickleNode* PickleMaker::none()
{
    return m_none;
}

PickleNode* PickleMaker::boolean(bool value)
{
    return value ? m_true : m_false;
}

PickleNode* PickleMaker::integer(std::int64_t value)
{
    PickleNode* node = make(Kind::Int);
    node->integer = value;
    return node;
}

void PickleMaker::spend(std::size_t& budget, std::size_t amount)
{
    if (amount > budget) {
        throw PickleFault("its pickle grows beyond what is sensible");
    }
    budget -= amount;
}

PickleNode* PickleMaker::container(Kind kind, Items items)
{
    spend(m_item_budget, items.size());
    PickleNode* node = make(kind);
    node->items = std::move(items);
    return node;
}

void PickleMaker::extend(PickleNode* target, const Items& items)
{
    if (target->kind == Kind::Dropped) {
        return;
    }
    if (target->kind != Kind::List && target->kind != Kind::Set && target->kind != Kind::Dict) {
        throw PickleFault("its pickle is damaged: it adds items to what is no container");
    }
    if (target->kind == Kind::Dict && items.size() % 2 != 0) {
        throw PickleFault("its pickle is damaged: a dict's key has no value");
    }
    spend(m_item_budget, items.size());
    target->items.insert(target->items.end(), items.begin(), items.end());
}

PickleNode* PickleMaker::global(const std::string& module, const std::string& name)
{
    const std::string full = module + "." + name;
    const auto& dropped = m_options.drop_globals;
    if (std::find(dropped.begin(), dropped.end(), full) != dropped.end()) {
        return m_dropped;
    }
    std::string known = canonical(module, name);
    if (!isAllowed(known)) {
        const std::string shown = printable(full);
        throw PickleFault(
            "it contains the global '" + shown
            + "', which is not on the list of data types that are read; nothing in it was run. If "
              "you trust the rest of it and do not need this part: --drop-global "
            + shown);
    }
    const std::string_view last = std::string_view(known).substr(known.rfind('.') + 1);
    if (known.starts_with("torch.") && known.size() == 6 + last.size()
        && !lookUp(kTorchDtypes, last).empty()) {
        PickleNode* node = make(Kind::Dtype);
        node->dtype = lookUp(kTorchDtypes, last);
        return node;
    }
    PickleNode* node = make(Kind::Global);
    node->text = std::move(known);
    return node;
}

PickleNode* PickleMaker::reduce(const PickleNode& callable, PickleNode* arguments)
{
    if (callable.kind == Kind::Dropped) {
        return m_dropped;
    }
    if (callable.kind != Kind::Global || arguments->kind != Kind::Tuple) {
        throw PickleFault("it calls something that is not a data type");
    }
    const std::string& name = callable.text;
    if (name.starts_with("torch.")) {
        return reduceTorch(name, arguments->items);
    }
    if (name.starts_with("numpy.")) {
        return reduceNumpy(name, arguments->items);
    }
    if (name.starts_with("pathlib.")) {
        return reducePath(name, arguments->items);
    }
    if (name == "_codecs.encode") {
        return encode(arguments->items);
    }
    if (name == "argparse.Namespace") {
        PickleNode* node = make(Kind::Dict);
        node->text = name;
        return node;
    }
    return reduceCollection(name, arguments->items);
}

PickleNode* PickleMaker::reduceTorch(const std::string& name, const Items& arguments)
{
    if (name == "torch.Size") {
        const PickleNode& sizes = at(arguments, 0);
        if (sizes.kind != Kind::Tuple && sizes.kind != Kind::List) {
            throw PickleFault("its pickle is damaged: a size is no tuple");
        }
        return container(Kind::Tuple, sizes.items);
    }
    if (name == "torch._utils._rebuild_tensor" || name == "torch._utils._rebuild_tensor_v2") {
        return tensor(arguments, false);
    }
    if (name == "torch._utils._rebuild_tensor_v3") {
        return tensor(arguments, true);
    }
    if (name == "torch._utils._rebuild_parameter"
        || name == "torch._utils._rebuild_parameter_with_state") {
        at(arguments, 0);
        return arguments[0];
    }
    if (name == "torch._tensor._rebuild_from_type_v2") {
        // (function, type, arguments, state): a tensor that carries attributes.
        const PickleNode& function = at(arguments, 0);
        at(arguments, 2);
        if (function.kind == Kind::Global && function.text == name) {
            throw PickleFault("its pickle is damaged: a tensor is made of itself");
        }
        return reduce(function, arguments[2]);
    }
    throw PickleFault("it calls '" + name + "', which is a type, not a value");
}

std::vector<std::int64_t> PickleMaker::lengths(const PickleNode& node) const
{
    if ((node.kind != Kind::Tuple && node.kind != Kind::List)
        || node.items.size() > kMaxDimensions) {
        throw PickleFault("its pickle is damaged: a shape is no tuple of numbers");
    }
    std::vector<std::int64_t> result;
    for (const PickleNode* item : node.items) {
        if (item->kind != Kind::Int || item->integer < 0) {
            throw PickleFault("its pickle is damaged: a shape is no tuple of numbers");
        }
        result.push_back(item->integer);
    }
    return result;
}

PickleNode* PickleMaker::tensor(const Items& arguments, bool has_dtype)
{
    const PickleNode& storage = at(arguments, 0);
    if (storage.kind == Kind::Dropped) {
        return m_dropped;
    }
    const PickleNode& offset = at(arguments, 1);
    if (storage.kind != Kind::Storage || offset.kind != Kind::Int || offset.integer < 0) {
        throw PickleFault("its pickle is damaged: a tensor has no storage");
    }
    PickleNode* node = make(Kind::Tensor);
    node->text = storage.text;
    node->dtype = storage.dtype;
    if (has_dtype) {
        const PickleNode& dtype = at(arguments, 6);
        if (dtype.kind != Kind::Dtype) {
            throw PickleFault("its pickle is damaged: a tensor's dtype is none");
        }
        node->dtype = dtype.dtype;
    }
    if (storage.integer > std::numeric_limits<std::int64_t>::max() - offset.integer) {
        throw PickleFault("its pickle is damaged: a tensor begins beyond its storage");
    }
    node->integer = storage.integer + offset.integer;
    node->sizes = lengths(at(arguments, 2));
    node->strides = lengths(at(arguments, 3));
    if (node->sizes.size() != node->strides.size()) {
        throw PickleFault("its pickle is damaged: a tensor's shape and strides differ in length");
    }
    return node;
}

PickleNode* PickleMaker::persistent(const PickleNode& id)
{
    if (id.kind != Kind::Tuple || id.items.size() < 5 || id.items[0]->text != "storage") {
        throw PickleFault("it refers to an object outside the pickle that is not a storage");
    }
    const PickleNode& type = *id.items[1];
    const PickleNode& key = *id.items[2];
    const PickleNode& count = *id.items[4];
    if (type.kind == Kind::Dropped) {
        return m_dropped;
    }
    const std::string_view dtype = type.kind == Kind::Global && type.text.starts_with("torch.")
                                       ? lookUp(kStorages, std::string_view(type.text).substr(6))
                                       : std::string_view();
    if (dtype.empty() || key.kind != Kind::Text || count.kind != Kind::Int || count.integer < 0) {
        throw PickleFault("its pickle is damaged: a storage lacks its type, key or length");
    }
    const PickleStorage storage{std::string(dtype), count.integer};
    const auto [found, isNew] = m_tree.storages.emplace(key.text, storage);
    if (!isNew
        && (found->second.dtype != storage.dtype || found->second.elements != storage.elements)) {
        throw PickleFault("its pickle is damaged: two storages have one key");
    }
    PickleNode* node = make(Kind::Storage);
    node->text = key.text;
    node->dtype = storage.dtype;
    // The legacy format may cut a view out of a storage: (key, offset, length).
    if (id.items.size() > 5 && id.items[5]->kind == Kind::Tuple) {
        const PickleNode& offset = at(id.items[5]->items, 1);
        if (offset.kind != Kind::Int || offset.integer < 0) {
            throw PickleFault("its pickle is damaged: a storage's view has no offset");
        }
        node->integer = offset.integer;
    }
    return node;
}

PickleNode* PickleMaker::reduceNumpy(const std::string& name, const Items& arguments)
{
    if (name == "numpy.core.multiarray._reconstruct") {
        return make(Kind::Array); // filled by its state
    }
    if (name == "numpy.core.multiarray.scalar") {
        at(arguments, 1);
        return numpyScalar(*arguments[0], *arguments[1]);
    }
    if (name == "numpy.core.numeric._frombuffer") {
        const PickleNode& bytes = at(arguments, 0);
        const PickleNode& dtype = at(arguments, 1);
        const PickleNode& order = at(arguments, 3);
        if (bytes.kind != Kind::Bytes || dtype.kind != Kind::Dtype) {
            throw PickleFault("its pickle is damaged: a NumPy array has no data");
        }
        spend(m_text_budget, bytes.text.size());
        PickleNode* node = make(Kind::Array);
        node->text = bytes.text;
        node->dtype = dtype.dtype;
        node->sizes = lengths(at(arguments, 2));
        node->fortran_order = order.text == "F";
        return node;
    }
    PickleNode* node = make(Kind::Dtype);
    if (name == "numpy.dtype") {
        const PickleNode& code = at(arguments, 0);
        if (code.kind == Kind::Text && code.text.size() <= 64) {
            node->dtype = code.text;
        } else if (code.kind == Kind::Global) {
            node->dtype = lookUp(kNumpyTypes, std::string_view(code.text).substr(6));
        }
    } else if (name.starts_with("numpy.dtypes.")) {
        node->dtype = lookUp(kNumpyTypes, std::string_view(name).substr(13));
    }
    if (node->dtype.empty()) {
        throw PickleFault("it calls '" + name + "' in a way that is not read");
    }
    return node;
}

PickleNode* PickleMaker::numpyScalar(const PickleNode& dtype, PickleNode& value)
{
    if (dtype.kind != Kind::Dtype) {
        throw PickleFault("its pickle is damaged: a NumPy scalar has no dtype");
    }
    if (value.kind != Kind::Bytes && value.kind != Kind::Text) {
        return &value; // dtype object: the value itself
    }
    std::string_view code = dtype.dtype;
    const bool is_big = code.starts_with('>');
    if (!code.empty() && std::string_view("<>|=").find(code[0]) != std::string_view::npos) {
        code.remove_prefix(1);
    }
    const std::size_t bytes = value.text.size();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes, 8); ++i) {
        const std::size_t place = is_big ? i : bytes - 1 - i;
        bits = bits << 8 | static_cast<std::uint8_t>(value.text[place]);
    }
    if (code == "f8" && bytes == 8) {
        PickleNode* node = make(Kind::Float);
        node->real = std::bit_cast<double>(bits);
        return node;
    }
    if (code == "f4" && bytes == 4) {
        PickleNode* node = make(Kind::Float);
        node->real = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        return node;
    }
    if (code == "f2" && bytes == 2) {
        PickleNode* node = make(Kind::Float);
        node->real = halfToDouble(static_cast<std::uint16_t>(bits));
        return node;
    }
    if (code == "b1" && bytes == 1) {
        return boolean(bits != 0);
    }
    const bool is_signed = code.starts_with('i');
    if ((is_signed || code.starts_with('u')) && bytes >= 1 && bytes <= 8
        && code.substr(1) == std::to_string(bytes)) {
        const auto shift = static_cast<int>(64 - 8 * bytes);
        return integer(
            is_signed ? static_cast<std::int64_t>(bits << shift) >> shift
                      : static_cast<std::int64_t>(bits));
    }
    PickleNode* node = make(Kind::Text); // times and texts: only ever shown
    node->text = "numpy scalar " + std::string(code);
    return node;
}

PickleNode* PickleMaker::reduceCollection(const std::string& name, const Items& arguments)
{
    const bool has_value = !arguments.empty();
    if (isOneOf(name, {"collections.OrderedDict", "collections.Counter", "builtins.dict"})) {
        PickleNode* dict = make(Kind::Dict);
        if (has_value && arguments[0]->kind == Kind::Dict) {
            extend(dict, Items(arguments[0]->items));
        } else if (has_value && arguments[0]->kind == Kind::List) {
            for (const PickleNode* pair : Items(arguments[0]->items)) {
                at(pair->items, 1);
                extend(dict, {pair->items[0], pair->items[1]});
            }
        } else if (has_value) {
            throw PickleFault("its pickle is damaged: '" + name + "' is made of what is no dict");
        }
        return dict;
    }
    if (name == "collections.defaultdict") {
        return make(Kind::Dict);
    }
    if (name == "builtins.bytearray") {
        if (arguments.size() == 2) {
            return encode(arguments);
        }
        if (has_value && arguments[0]->kind == Kind::Bytes) {
            return arguments[0];
        }
        return make(Kind::Bytes);
    }
    Kind kind = Kind::List;
    if (name == "builtins.set" || name == "builtins.frozenset") {
        kind = Kind::Set;
    } else if (name == "builtins.tuple" || name == "builtins.complex") {
        kind = Kind::Tuple;
    } else if (name != "builtins.list" && name != "collections.deque") {
        throw PickleFault("it calls '" + name + "', which is a type, not a value");
    }
    if (name == "builtins.complex") {
        return container(kind, arguments);
    }
    return container(kind, has_value ? arguments[0]->items : Items{});
}

PickleNode* PickleMaker::reducePath(const std::string& name, const Items& arguments)
{
    const char separator = name.find("Windows") != std::string::npos ? '\\' : '/';
    std::string path;
    for (const PickleNode* part : arguments) {
        if (part->kind != Kind::Text) {
            throw PickleFault("its pickle is damaged: a path is not made of text");
        }
        spend(m_text_budget, part->text.size() + 1);
        if (!path.empty() && path.back() != separator) {
            path += separator;
        }
        path += part->text;
    }
    PickleNode* node = make(Kind::Text);
    node->text = std::move(path);
    return node;
}

PickleNode* PickleMaker::encode(const Items& arguments)
{
    const PickleNode& text = at(arguments, 0);
    const std::string encoding = arguments.size() > 1 ? arguments[1]->text : "utf-8";
    if (text.kind != Kind::Text) {
        throw PickleFault("its pickle is damaged: it encodes what is no text");
    }
    spend(m_text_budget, text.text.size());
    PickleNode* node = make(Kind::Bytes);
    if (isOneOf(encoding, {"utf-8", "utf8", "ascii"})) {
        node->text = text.text;
        return node;
    }
    if (!isOneOf(encoding, {"latin1", "latin-1", "iso-8859-1"})) {
        throw PickleFault("it encodes text as '" + printable(encoding) + "', which is not read");
    }
    // Letters up to U+00FF, two bytes each in UTF-8 from U+0080 on.
    for (std::size_t i = 0; i < text.text.size(); ++i) {
        const auto first = static_cast<std::uint8_t>(text.text[i]);
        if (first < 0x80) {
            node->text += static_cast<char>(first);
        } else if ((first & 0xfc) == 0xc0 && i + 1 < text.text.size()) {
            const auto second = static_cast<std::uint8_t>(text.text[++i]);
            node->text += static_cast<char>((first & 0x03) << 6 | (second & 0x3f));
        } else {
            throw PickleFault("its pickle is damaged: bytes are not Latin-1");
        }
    }
    return node;
}

void PickleMaker::build(PickleNode& target, const PickleNode& state)
{
    switch (target.kind) {
    case Kind::Array:
        buildArray(target, state);
        return;
    case Kind::Dtype:
        buildDtype(target, state);
        return;
    case Kind::Dict:
        // A Namespace's attributes are its content; an OrderedDict's are torch's version notes.
        if (target.text == "argparse.Namespace" && state.kind == Kind::Dict) {
            extend(&target, Items(state.items));
        }
        return;
    case Kind::Dropped:
    case Kind::Tensor:
    case Kind::List:
    case Kind::Set:
        return; // attributes of subclasses; only ever notes
    default:
        throw PickleFault("it sets the state of something that is not a data type");
    }
}

void PickleMaker::buildArray(PickleNode& array, const PickleNode& state)
{
    // (version, shape, dtype, is Fortran order, bytes or list)
    const PickleNode& dtype = at(state.items, 2);
    const PickleNode& data = at(state.items, 4);
    if (state.kind != Kind::Tuple || dtype.kind != Kind::Dtype) {
        throw PickleFault("its pickle is damaged: a NumPy array has no dtype");
    }
    array.sizes = lengths(at(state.items, 1));
    array.dtype = dtype.dtype;
    array.fortran_order = at(state.items, 3).integer != 0;
    if (data.kind == Kind::Bytes || data.kind == Kind::Text) {
        spend(m_text_budget, data.text.size());
        array.text = data.text;
    } else if (data.kind == Kind::List) {
        spend(m_item_budget, data.items.size());
        array.items = data.items;
    }
}

void PickleMaker::buildDtype(PickleNode& dtype, const PickleNode& state)
{
    // (version, byte order, ...)
    const PickleNode& order = at(state.items, 1);
    if (order.kind == Kind::Text && order.text.size() == 1 && !dtype.dtype.empty()
        && std::string_view("<>|=").find(dtype.dtype[0]) == std::string_view::npos) {
        dtype.dtype = order.text + dtype.dtype;
    }
}

} // namespace guidino::nn
