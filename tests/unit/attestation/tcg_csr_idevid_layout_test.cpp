// The binary itself: sizes, versions, padding, hash, and what must not be empty.
#include "ca/attestation/tcg_csr_idevid_binary.h"
#include "tests/unit/attestation/idevid_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class IdevidLayout : public IdevidTest, public ::testing::WithParamInterface<IdevidRow> {};

TEST_P(IdevidLayout, is_exact_or_refused) {
    IdevidRecipe recipe;
    GetParam().prepare(recipe);
    make(recipe);
    expect_refused(GetParam().detail);
}

std::function<void(IdevidRecipe&)> binary(std::function<void(Bytes&)> change) {
    return [=](IdevidRecipe& r) { r.binary = change; };
}
/// After they were hashed, before they are signed.
std::function<void(IdevidRecipe&)> packed(std::function<void(Bytes&)> change) {
    return [=](IdevidRecipe& r) {
        r.request = [=](TcgCsrRequest& request) { change(request.contents); };
    };
}
std::function<void(IdevidRecipe&)> contents(std::function<void(TcgCsrContents&)> change) {
    return [=](IdevidRecipe& r) { r.contents = change; };
}

const std::string sizes = "layout: the sizes do not add up";
const std::string cut = "layout: cut short";

INSTANTIATE_TEST_SUITE_P(
    Outer, IdevidLayout,
    ::testing::Values(
        IdevidRow{"empty", cut, binary([](Bytes& b) { b.clear(); })},
        IdevidRow{"header_cut", cut, binary([](Bytes& b) { b.resize(11); })},
        IdevidRow{"version", "layout: another version of the request",
                  binary([](Bytes& b) { set32(b, 0, 0x00000101); })},
        IdevidRow{"version_of_little_endian", "layout: another version of the request",
                  binary([](Bytes& b) { set32(b, 0, 0x00010000); })},
        IdevidRow{"contents_longer", sizes, binary([](Bytes& b) { set32(b, 4, get32(b, 4) + 1); })},
        IdevidRow{"contents_shorter", sizes,
                  binary([](Bytes& b) { set32(b, 4, get32(b, 4) - 16); })},
        IdevidRow{"contents_endless", sizes, binary([](Bytes& b) { set32(b, 4, 0xFFFFFFFF); })},
        IdevidRow{"sizes_wrap_around", sizes, binary([](Bytes& b) {
                      set32(b, 4, get32(b, 4) + 0x80000000);
                      set32(b, 8, get32(b, 8) + 0x80000000);
                  })},
        IdevidRow{"signature_longer", sizes,
                  binary([](Bytes& b) { set32(b, 8, get32(b, 8) + 1); })},
        IdevidRow{"last_octet_missing", sizes, binary([](Bytes& b) { b.pop_back(); })},
        IdevidRow{"octet_trails", sizes, binary([](Bytes& b) { b.push_back(0); })},
        IdevidRow{"no_signature", "layout: no signature",
                  [](IdevidRecipe& r) {
                      r.request = [](TcgCsrRequest& request) { request.signature.clear(); };
                  }}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    Contents, IdevidLayout,
    ::testing::Values(
        IdevidRow{"empty", cut, packed([](Bytes& c) { c.clear(); })},
        IdevidRow{"cut_in_the_header", cut, packed([](Bytes& c) { c.resize(11); })},
        IdevidRow{"cut_in_the_hash", cut, packed([](Bytes& c) { c.resize(43); })},
        IdevidRow{"cut_in_the_sizes", cut, packed([](Bytes& c) { c.resize(size_at(13) - 1); })},
        IdevidRow{"version", "layout: another version of the contents",
                  contents([](TcgCsrContents& c) { c.version = 0x00000200; })},
        IdevidRow{"unpadded", "layout: not padded to sixteens", contents([](TcgCsrContents& c) {
                      c.padding = 0;
                      if (c.bytes().size() % 16 == 0) c.boot_event_log.push_back(0);
                  })},
        IdevidRow{"padded_by_sixteen_too_many", "layout: not padded to sixteens",
                  contents([](TcgCsrContents& c) {
                      c.padding = 0;
                      c.padding = 32 - c.bytes().size() % 16;
                  })},
        IdevidRow{"hash_of_sha1", "hash: neither SHA-256, SHA-384 nor SHA-512",
                  contents([](TcgCsrContents& c) { c.hash_algorithm = 0x0004; })},
        IdevidRow{"hash_of_nothing_known", "hash: neither SHA-256, SHA-384 nor SHA-512",
                  contents([](TcgCsrContents& c) { c.hash_algorithm = 0x0012; })},
        IdevidRow{"hash_beyond_sixteen_bits", "hash: neither SHA-256, SHA-384 nor SHA-512",
                  contents([](TcgCsrContents& c) { c.hash_algorithm = 0x0001000B; })},
        IdevidRow{"hash_shorter", "hash: not as long as its algorithm makes",
                  contents([](TcgCsrContents& c) { c.hash = Bytes(31, 1); })},
        IdevidRow{"hash_empty", "hash: not as long as its algorithm makes",
                  contents([](TcgCsrContents& c) { c.hash = Bytes(); })},
        IdevidRow{"hash_of_something_else", "hash: not of what follows it",
                  contents([](TcgCsrContents& c) { c.hash = Bytes(32, 1); })},
        IdevidRow{"field_changed_behind_the_hash", "hash: not of what follows it",
                  packed([](Bytes& c) { c.at(size_at(13)) ^= 1; })},
        IdevidRow{"padding_changed_behind_the_hash", "hash: not of what follows it",
                  [](IdevidRecipe& r) {
                      r.contents = [](TcgCsrContents& c) {
                          c.padding = 0;
                          while (c.bytes().size() % 16 != 8)
                              c.boot_event_log.push_back(0);
                          c.padding.reset();
                      };
                      r.request = [](TcgCsrRequest& request) { request.contents.back() ^= 1; };
                  }},
        IdevidRow{"octet_moved_between_fields", "hash: not of what follows it",
                  packed([](Bytes& c) {
                      set32(c, size_at(0), get32(c, size_at(0)) + 1);
                      set32(c, size_at(1), get32(c, size_at(1)) - 1);
                  })}),
    idevid_row_name);

INSTANTIATE_TEST_SUITE_P(
    Fields, IdevidLayout,
    ::testing::Values(
        IdevidRow{"no_model", "layout: prodModel is empty",
                  contents([](TcgCsrContents& c) { c.product_model.clear(); })},
        IdevidRow{"no_serial", "layout: prodSerial is empty",
                  contents([](TcgCsrContents& c) { c.product_serial.clear(); })},
        IdevidRow{"no_ek_certificate", "layout: ekCert is empty",
                  contents([](TcgCsrContents& c) { c.ek_certificate.clear(); })},
        IdevidRow{"no_attestation_key", "layout: attestPub is empty",
                  contents([](TcgCsrContents& c) { c.attest_public.clear(); })},
        IdevidRow{"no_signing_key", "layout: signingPub is empty",
                  contents([](TcgCsrContents& c) { c.signing_public.clear(); })},
        IdevidRow{"no_certify_info", "layout: sgnCertifyInfo is empty",
                  contents([](TcgCsrContents& c) { c.signing_certify_info.clear(); })},
        IdevidRow{"no_certify_signature", "layout: sgnCertifyInfoSignature is empty",
                  contents([](TcgCsrContents& c) { c.signing_certify_signature.clear(); })},
        IdevidRow{"self_certification_unsigned", "layout: one of atCertifyInfo and its signature",
                  contents([](TcgCsrContents& c) { c.attest_certify_signature.clear(); })},
        IdevidRow{"self_certification_signature_alone",
                  "layout: one of atCertifyInfo and its signature",
                  contents([](TcgCsrContents& c) { c.attest_certify_info.clear(); })},
        IdevidRow{"ticket_too_long", "layout: atCreateTkt is no ticket",
                  contents([](TcgCsrContents& c) { c.creation_ticket = Bytes(129, 1); })},
        IdevidRow{"model_with_a_line_break", "layout: a strange prodModel",
                  contents([](TcgCsrContents& c) { c.product_model = "Board\n7"; })},
        IdevidRow{"model_too_long", "layout: a strange prodModel",
                  contents([](TcgCsrContents& c) { c.product_model = std::string(65, 'B'); })},
        IdevidRow{"serial_not_ascii", "layout: a strange prodSerial",
                  contents([](TcgCsrContents& c) { c.product_serial = "B\xC3\xA4"; })}),
    idevid_row_name);

class EverySize : public IdevidTest, public ::testing::WithParamInterface<std::size_t> {};

TEST_P(EverySize, adds_up_or_is_refused) {
    for (const std::uint32_t more : {1u, 0xFFFFFFF0u, 0xFFFFFFFFu}) {
        IdevidRecipe recipe;
        recipe.request = [&](TcgCsrRequest& request) {
            const std::size_t at = size_at(GetParam());
            set32(request.contents, at, get32(request.contents, at) + more);
        };
        make(recipe);
        expect_refused("layout: the sizes do not add up");
    }
}

INSTANTIATE_TEST_SUITE_P(OfThirteen, EverySize, ::testing::Range(std::size_t{0}, std::size_t{13}));

TEST_F(IdevidTest, is_refused_wherever_it_breaks_off) {
    make();
    const Bytes whole = member("csr");
    ASSERT_TRUE(parse_tcg_csr_idevid(whole).has_value());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto part = parse_tcg_csr_idevid(ByteView(whole).first(size));
        ASSERT_FALSE(part.has_value()) << size;
        EXPECT_EQ(part.error().detail.substr(0, 7), "layout:");
    }
}

TEST_F(IdevidTest, is_taken_with_each_hash_and_without_what_may_be_absent) {
    for (const std::uint32_t algorithm : {0x000Bu, 0x000Cu, 0x000Du}) {
        IdevidRecipe recipe;
        recipe.contents = [&](TcgCsrContents& contents) {
            contents.hash_algorithm = algorithm;
            contents.product_ca_data = Bytes(40, 1);
            contents.boot_event_log.clear();
            contents.creation_ticket.clear();
        };
        make(recipe);
        const auto element = judge();
        EXPECT_TRUE(element.has_value()) << algorithm << ": " << element.error().detail;
    }
}

}  // namespace
}  // namespace hallmark
