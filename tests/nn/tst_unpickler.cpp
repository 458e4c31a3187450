// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/unpickler.h"
#include "tests/support/check.h"

#include <chrono>
#include <cstring>
#include <random>

using namespace guidino;
using nn::PickleNode;
using nn::PickleOptions;
using nn::PickleTree;
using Kind = PickleNode::Kind;
using namespace std::string_literals;

namespace {

Result<PickleTree> read(const std::string& pickle, const PickleOptions& options = {})
{
    return nn::unpickle(
        {reinterpret_cast<const std::byte*>(pickle.data()), pickle.size()}, "test.pkl", options);
}

std::string text(const std::string& value)
{
    return "X"s + static_cast<char>(value.size()) + "\0\0\0"s + value;
}

std::string storage(const std::string& type, const std::string& key, int elements)
{
    return "("s + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cpu") + "K"
           + static_cast<char>(elements) + "tQ";
}

/// torch._utils._rebuild_tensor_v2(storage, 1, (2, 3), (3, 1), False, OrderedDict())
std::string tensor()
{
    return "ctorch._utils\n_rebuild_tensor_v2\n("s + storage("FloatStorage", "7", 12)
           + "K\x01K\x02K\x03\x86K\x03K\x01\x86\x89" + "ccollections\nOrderedDict\n)RtR";
}

const std::string kHead = "\x80\x02";

GD_TEST(plainValuesAreRead)
{
    const auto tree = read(
        kHead + "}(" + text("a") + "K\x05" + text("b") + "J\xff\xff\xff\xff" + text("c")
        + "G\x3f\xf8\0\0\0\0\0\0"s + text("d") + "](\x88Ne" + text("e") + "\x8a\x02\x00\x80u."s);
    REQUIRE_OK(tree);
    const PickleNode& root = *tree->root;
    EXPECT_EQ(root.find("a")->integer, 5);
    EXPECT_EQ(root.find("b")->integer, -1);
    EXPECT_EQ(root.find("c")->real, 1.5);
    EXPECT_EQ(root.find("d")->items.size(), std::size_t{2});
    EXPECT_EQ(root.find("e")->integer, -32768);
    EXPECT(root.find("f") == nullptr);
}

GD_TEST(tensorsAreDescribed)
{
    const auto tree = read(kHead + tensor() + ".");
    REQUIRE_OK(tree);
    EXPECT(tree->root->kind == Kind::Tensor);
    EXPECT_EQ(tree->root->text, "7"s);
    EXPECT_EQ(tree->root->dtype, "float32"s);
    EXPECT_EQ(tree->root->integer, 1);
    EXPECT(tree->root->sizes == (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(tree->storages.at("7").elements, 12);
}

GD_TEST(everyGlobalOffTheListIsRefusedByName)
{
    for (const std::string& name :
         {"posix\nsystem"s,
          "os\nsystem"s,
          "builtins\neval"s,
          "builtins\ngetattr"s,
          "__builtin__\nexec"s,
          "subprocess\nPopen"s,
          "torch\nload"s,
          "torch.serialization\nload"s,
          "torch.storage\n_load_from_bytes"s,
          "collections\nnamedtuple"s,
          "__main__\nNet"s,
          "numpy\nload"s,
          "pathlib\nos.system"s,
          "torch._utils\n_import_dotted_name"s,
          "argparse\nArgumentParser"s,
          "_codecs\ndecode"s,
          "copyreg\n_reconstructor"s}) {
        std::string shown = name;
        shown[shown.find('\n')] = '.';
        for (const std::string& pickle :
             {kHead + "c" + name + "\n(" + text("touch /tmp/x") + "tR.",
              kHead + "c" + name + "\n)\x81."}) {
            const auto tree = read(pickle);
            REQUIRE(!tree);
            EXPECT(tree.error().code == ErrorCode::BadInput);
            EXPECT(tree.error().message.find("'" + shown + "'") != std::string::npos);
        }
        const std::size_t cut = name.find('\n');
        const auto stacked =
            read("\x80\x04" + text(name.substr(0, cut)) + text(name.substr(cut + 1)) + "\x93)R.");
        REQUIRE(!stacked);
        EXPECT(stacked.error().message.find(shown) != std::string::npos);
    }
}

GD_TEST(droppedGlobalsAreLeftOut)
{
    PickleOptions options;
    options.drop_globals = {"__main__.Net"};
    const auto tree = read(
        kHead + "}(" + text("net") + "c__main__\nNet\n)\x81}" + text("x") + "K\x01sb" + text("n")
            + "K\x02u.",
        options);
    REQUIRE_OK(tree);
    EXPECT(tree->root->find("net")->kind == Kind::Dropped);
    EXPECT_EQ(tree->root->find("n")->integer, 2);
    EXPECT(!read(kHead + "c__main__\nOther\n)\x81.", options));
}

GD_TEST(dataTypesAreInterpreted)
{
    const auto scalar = read(
        kHead + "cnumpy._core.multiarray\nscalar\n(cnumpy\ndtype\n(" + text("i2")
        + "\x89\x88tR(K\x03" + text("<") + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"s
        + "c_codecs\nencode\n" + text("\xc3\xbf\xc3\xbf") + text("latin1") + "\x86RtR.");
    REQUIRE_OK(scalar);
    EXPECT_EQ(scalar->root->integer, -1);

    const auto array = read(
        kHead + "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85"s + "C\x01\x62tR"
        + "(K\x01K\x02\x85" + "cnumpy\ndtype\n(" + text("u1") + "\x89\x88tR(K\x03" + text("|")
        + "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"s + "C\x02\x07\x08tb.");
    REQUIRE_OK(array);
    EXPECT(array->root->kind == Kind::Array);
    EXPECT_EQ(array->root->text, "\x07\x08"s);
    EXPECT_EQ(array->root->dtype, "|u1"s);

    const auto path =
        read(kHead + "cpathlib\nPosixPath\n(" + text("/") + text("data") + text("x") + "tR.");
    REQUIRE_OK(path);
    EXPECT_EQ(path->root->text, "/data/x"s);

    const auto space = read(kHead + "cargparse\nNamespace\n)\x81}" + text("lr") + "K\x03sb.");
    REQUIRE_OK(space);
    EXPECT_EQ(space->root->find("lr")->integer, 3);

    const auto size = read(kHead + "ctorch\nSize\n(K\x04K\x05tR.");
    REQUIRE(!size); // torch.Size takes one tuple
    const auto good_size = read(kHead + "ctorch\nSize\n(K\x04K\x05t\x85R.");
    REQUIRE_OK(good_size);
    EXPECT_EQ(good_size->root->items.size(), std::size_t{2});

    const auto dtype = read(kHead + "ctorch\nbfloat16\n.");
    REQUIRE_OK(dtype);
    EXPECT_EQ(dtype->root->dtype, "bfloat16"s);
}

GD_TEST(damagedPicklesAreErrors)
{
    for (const std::string& pickle :
         {""s,
          "."s,
          kHead,
          kHead + "t.",
          kHead + "R.",
          kHead + "K\x01K\x02R.",
          kHead + "h\x05.",
          kHead + "]K\x01s.",
          kHead + "K\x01K\x02" + "a.",
          kHead + "X\xff\xff\xff\xff",
          kHead + "e.",
          kHead + "Q.",
          kHead + "K\x01Q.",
          kHead + "K\x01}b.",
          "\x80\x09."s,
          kHead + "I5\n.",
          kHead + "\x82\x01.",
          kHead + "ctorch",
          kHead + "0.",
          kHead + "ctorch\nFloatStorage\n)R.",
          kHead
              + "ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._tensor\n_rebuild_from_type_v2"
                "\nNNtR.",
          "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff"s}) {
        const auto tree = read(pickle);
        REQUIRE(!tree);
        EXPECT(tree.error().code == ErrorCode::BadInput);
        EXPECT(tree.error().message.find("test.pkl") != std::string::npos);
    }
}

/// Small pickles that would grow without bound in a plain interpreter.
GD_TEST(hostileGrowthIsBounded)
{
    const auto start = std::chrono::steady_clock::now();
    PickleOptions options;
    options.max_nodes = 100'000;
    options.max_stack = 100'000;
    EXPECT(!read(kHead + std::string(1'000'000, ']') + ".", options));
    EXPECT(!read(kHead + std::string(1'000'000, '(') + ".", options));
    EXPECT(!read(kHead + std::string(1'000'000, 'N') + ".", options));
    EXPECT(!read("\x80\x04N" + std::string(1'000'000, '\x94') + ".", options));
    // A long text, memoised, encoded again and again.
    std::string copies = kHead + "c_codecs\nencode\nq\x01X\x50\xc3\0\0"s + std::string(50'000, 'a')
                         + text("ascii") + "\x86q\x02" + "0";
    for (int i = 0; i < 50'000; ++i) {
        copies += "h\x01h\x02R0";
    }
    EXPECT(!read(copies + "N.", options));
    // A list doubled into lists.
    std::string doubled = kHead + "](" + std::string(10'000, 'N') + "eq\x01";
    for (int i = 0; i < 10'000; ++i) {
        doubled += "cbuiltins\nlist\nh\x01\x85R0";
    }
    EXPECT(!read(doubled + ".", options));
    // Deep nesting and a list that holds itself are fine to read and to free.
    std::string deep = kHead;
    for (int i = 0; i < 40'000; ++i) {
        deep += ']';
    }
    for (int i = 0; i < 39'999; ++i) {
        deep += 'a';
    }
    EXPECT(read(deep + ".", options).has_value());
    EXPECT(read(kHead + "]q\x01h\x01" + "a.", options).has_value());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT(seconds.count() < 2);
}

GD_TEST(randomBytesNeverCrash)
{
    const std::string seed = kHead + "}(" + text("a") + tensor() + text("b")
                             + "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85"s
                             + "C\x01\x62tRq\x05(K\x01K\x02\x85" + "cnumpy\ndtype\n(" + text("u1")
                             + "\x89\x88tR\x89" + "C\x02\x07\x08tb" + text("c") + "h\x05\x94u.";
    REQUIRE(read(seed).has_value());
    std::mt19937 random(7);
    int read_count = 0;
    for (int round = 0; round < 30'000; ++round) {
        std::string broken = seed;
        for (int i = 0; i < 1 + round % 4; ++i) {
            broken[random() % broken.size()] = static_cast<char>(random());
        }
        if (round % 3 == 0) {
            broken.resize(random() % broken.size());
        }
        read_count += read(broken).has_value() ? 1 : 0;
    }
    EXPECT(read_count > 100 && read_count < 29'000);
}

} // namespace

GD_TEST_MAIN()
