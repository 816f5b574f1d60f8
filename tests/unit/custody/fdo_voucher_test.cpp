// Ownership vouchers of FIDO Device Onboard: what is taken, and each thing that is not.
#include "tests/support/fdo_voucher.h"

#include "tests/support/taken_manifest.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

using testing::FdoVoucher;
using testing::make_ec_key;
using testing::TestKey;
namespace cbor = testing::cbor;

struct Cast {
    TestKey maker = make_ec_key();
    TestKey reseller = make_ec_key();
    TestKey owner = make_ec_key();
    TestKey stranger = make_ec_key();
    TestKey device = make_ec_key();
    Bytes maker_certificate = testing::self_signed("Maker", maker);
    Bytes device_certificate = testing::self_signed("Device", device);
    Bytes other_certificate = testing::self_signed("Stranger", stranger);
};
const Cast& cast() {
    static const Cast made;
    return made;
}

const Bytes guid(16, 0xA1);
const std::string unique_id = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";

FdoVoucher good() {
    return {.maker = cast().maker,
            .owners = {&cast().reseller, &cast().owner},
            .guid = guid,
            .certificates = {cast().device_certificate, cast().other_certificate}};
}

Result<testing::TakenManifest> parse(const Bytes& document, std::vector<Bytes> roots,
                                     ManifestLimits limits = {}) {
    static const ChainValidator chains;
    const PinnedVendor pin{.vendor = VendorId("maker"),
                           .format = std::string(fdo_voucher_format),
                           .anchors = {.roots = std::move(roots), .intermediates = {}},
                           .exceptions = {}};
    return testing::take_manifest(&parse_fdo_vouchers, as_text(document),
                                  {.pins = {pin}, .now = testing::noon(), .limits = limits},
                                  chains);
}
Result<testing::TakenManifest> parse(const Bytes& document) {
    return parse(document, {cast().maker_certificate});
}

TEST(FdoVoucherFormat, names_the_device_by_its_guid_and_the_key_of_its_certificate) {
    const auto taken = parse(testing::fdo_voucher(good()));
    ASSERT_TRUE(taken.has_value()) << taken.error().detail;
    EXPECT_EQ(taken->signer_sha256, sha256(cast().maker_certificate));
    ASSERT_EQ(taken->units.size(), 1u);
    EXPECT_EQ(taken->units[0].unique_id, unique_id);
    EXPECT_EQ(taken->units[0].model, "Gateway 5");
    ASSERT_EQ(taken->units[0].keys.size(), 1u);
    EXPECT_EQ(taken->units[0].keys[0].spki, cast().device.spki());
}

TEST(FdoVoucherFormat, is_taken_one_after_another_and_with_the_payloads_hash) {
    FdoVoucher second = good();
    second.guid = Bytes(16, 0xB2);
    second.hashes_payload_alone = true;
    const auto taken = parse(concat({testing::fdo_voucher(good()), testing::fdo_voucher(second)}));
    ASSERT_TRUE(taken.has_value()) << taken.error().detail;
    EXPECT_EQ(taken->units.size(), 2u);
}

TEST(FdoVoucherFormat, is_refused_unless_its_maker_is_pinned) {
    for (const auto& roots : {std::vector<Bytes>{}, std::vector<Bytes>{cast().other_certificate}}) {
        const auto taken = parse(testing::fdo_voucher(good()), roots);
        ASSERT_TRUE(taken.has_error());
        EXPECT_EQ(taken.error().reason, Reason::invalid_document);
        EXPECT_EQ(taken.error().detail,
                  "entry 0 (uniqueId " + unique_id + "): manifest signer: not pinned");
    }
}

TEST(FdoVoucherFormat, is_by_one_maker_from_first_to_last) {
    FdoVoucher second = good();
    const FdoVoucher by_another{.maker = cast().stranger,
                                .owners = {&cast().owner},
                                .guid = Bytes(16, 0xB2),
                                .certificates = second.certificates};
    const auto taken =
        parse(concat({testing::fdo_voucher(good()), testing::fdo_voucher(by_another)}),
              {cast().maker_certificate, cast().other_certificate});
    ASSERT_TRUE(taken.has_error());
    EXPECT_EQ(taken.error().detail,
              "entry 1 (uniqueId b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2): made by "
              "another than the first entry");
}

struct SpoiltVoucher {
    const char* name;
    std::function<void(FdoVoucher&)> spoil;
    const char* detail;
};
class Spoilt : public ::testing::TestWithParam<SpoiltVoucher> {};
TEST_P(Spoilt, is_refused) {
    FdoVoucher voucher = good();
    GetParam().spoil(voucher);
    const auto taken = parse(testing::fdo_voucher(voucher));
    ASSERT_TRUE(taken.has_error());
    EXPECT_EQ(taken.error().reason, Reason::invalid_document);
    EXPECT_TRUE(taken.error().detail.starts_with("entry 0 (uniqueId ")) << taken.error().detail;
    EXPECT_NE(taken.error().detail.find(GetParam().detail), std::string::npos)
        << taken.error().detail;
}
using Parts = std::vector<Bytes>;
INSTANTIATE_TEST_SUITE_P(
    all, Spoilt,
    ::testing::Values(
        SpoiltVoucher{"version", [](auto& v) { v.version = 100; }, "version not taken"},
        SpoiltVoucher{"no_transfer", [](auto& v) { v.owners.clear(); }, "nobody signed"},
        SpoiltVoucher{"guid_short", [](auto& v) { v.guid.pop_back(); }, "GUID malformed"},
        SpoiltVoucher{"model_unprintable", [](auto& v) { v.device_information = "a\nb"; },
                      "device information malformed"},
        SpoiltVoucher{"epid",
                      [](auto& v) { v.spoil = [](Parts& parts) { parts[3] = cbor::null(); }; },
                      "no device certificate chain"},
        SpoiltVoucher{"hmac_short",
                      [](auto& v) {
                          v.spoil = [](Parts& parts) {
                              parts[2] = cbor::array({cbor::number(5), cbor::bytes(Bytes(31, 1))});
                          };
                      },
                      "HMAC malformed"},
        SpoiltVoucher{"hmac_of_another_device",
                      [](auto& v) {
                          v.spoil = [](Parts& parts) {
                              parts[2] = cbor::array({cbor::number(5), cbor::bytes(Bytes(32, 1))});
                          };
                      },
                      "transfer 0: the previous hash is another's"},
        SpoiltVoucher{"certificate_of_another_device",
                      [](auto& v) {
                          v.spoil = [](Parts& parts) {
                              parts[3] = cbor::array({cbor::bytes(cast().other_certificate)});
                          };
                      },
                      "the certificate chain hash is another's"},
        SpoiltVoucher{"certificates_swapped",
                      [](auto& v) {
                          v.spoil = [](Parts& parts) {
                              parts[3] = cbor::array({cbor::bytes(cast().other_certificate),
                                                      cbor::bytes(cast().device_certificate)});
                          };
                      },
                      "the certificate chain hash is another's"},
        SpoiltVoucher{"first_transfer_missing",
                      [](auto& v) {
                          v.spoil = [](Parts& parts) {
                              // Both entries are of one length; the last is left.
                              const ByteView rest(parts[4]);
                              const std::size_t half = (rest.size() - 1) / 2;
                              parts[4] = concat({cbor::head(4, 1), rest.last(half)});
                          };
                      },
                      "transfer 0: signature: not by this key"},
        SpoiltVoucher{"previous_hash",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t i, Parts& parts) {
                              if (i == 1) parts[0] = testing::fdo_hash(as_bytes("other"));
                          };
                      },
                      "transfer 1: the previous hash is another's"},
        SpoiltVoucher{"device_hash",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t, Parts& parts) {
                              parts[1] = testing::fdo_hash(as_bytes("other"));
                          };
                      },
                      "transfer 0: the device hash is another's"},
        SpoiltVoucher{
            "hash_unknown",
            [](auto& v) {
                v.spoil_payload = [](std::size_t, Parts& parts) {
                    parts[1] = cbor::array({cbor::number(-15), cbor::bytes(Bytes(32, 1))});
                };
            },
            "transfer 0: the device hash is another's"},
        SpoiltVoucher{"extra_of_another_form",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t, Parts& parts) {
                              parts[2] = cbor::number(1);
                          };
                      },
                      "extra information malformed"},
        SpoiltVoucher{"owner_of_rsa",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t, Parts& parts) {
                              parts[3] =
                                  cbor::array({cbor::number(5), cbor::number(1),
                                               cbor::bytes(testing::shared_rsa_key().spki())});
                          };
                      },
                      "type not taken"},
        SpoiltVoucher{"owner_of_another_curve_than_said",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t, Parts& parts) {
                              static const TestKey wide = make_ec_key(KeyAlgorithm::ec_p384);
                              parts[3] = cbor::array(
                                  {cbor::number(10), cbor::number(1), cbor::bytes(wide.spki())});
                          };
                      },
                      "not of the type that it says"},
        SpoiltVoucher{"owner_of_another_kind",
                      [](auto& v) {
                          v.spoil_payload = [](std::size_t, Parts& parts) {
                              static const TestKey wide = make_ec_key(KeyAlgorithm::ec_p384);
                              parts[3] = cbor::array(
                                  {cbor::number(11), cbor::number(1), cbor::bytes(wide.spki())});
                          };
                      },
                      "the owner's key is of another kind"},
        SpoiltVoucher{
            "one_part_more",
            [](auto& v) { v.spoil = [](Parts& parts) { parts.push_back(cbor::null()); }; },
            "not an array of five"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FdoVoucherFormat, may_name_its_keys_in_every_encoding) {
    FdoVoucher voucher = good();
    voucher.spoil_payload = [](std::size_t i, Parts& parts) {
        const ByteView point = ByteView(cast().reseller.spki()).last(64);
        if (i == 0)
            parts[3] = cbor::array(
                {cbor::number(10), cbor::number(3),
                 concat({cbor::head(5, 4), cbor::number(1), cbor::number(2), cbor::number(-1),
                         cbor::number(1), cbor::number(-2), cbor::bytes(point.first(32)),
                         cbor::number(-3), cbor::bytes(point.last(32))})});
        else
            parts[3] = cbor::array(
                {cbor::number(10), cbor::number(2),
                 cbor::array({cbor::bytes(testing::self_signed("Owner", cast().owner))})});
    };
    const auto taken = parse(testing::fdo_voucher(voucher));
    EXPECT_TRUE(taken.has_value()) << taken.error().detail;
}

TEST(FdoVoucherFormat, is_refused_with_any_octet_changed_and_cut_anywhere) {
    const Bytes whole = testing::fdo_voucher(good());
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        Bytes changed = whole;
        changed[at] ^= 1;
        EXPECT_TRUE(parse(changed).has_error()) << at;
        EXPECT_TRUE(parse(to_bytes(ByteView(whole).first(at))).has_error()) << at;
    }
}

TEST(FdoVoucherFormat, keeps_to_its_limits) {
    FdoVoucher second = good();
    second.guid = Bytes(16, 0xB2);
    const Bytes two = concat({testing::fdo_voucher(good()), testing::fdo_voucher(second)});
    const std::vector<Bytes> roots{cast().maker_certificate};
    EXPECT_EQ(parse(two, roots, {.entries = 1}).error().reason, Reason::too_large);
    EXPECT_EQ(parse(two, roots, {.octets = two.size() - 1}).error().reason, Reason::too_large);
    EXPECT_EQ(parse(two, roots, {.entry_octets = 100}).error().reason, Reason::invalid_document);
    EXPECT_TRUE(parse(two, roots).has_value());
    FdoVoucher passed_on = good();
    passed_on.owners.assign(17, &cast().owner);
    EXPECT_EQ(parse(testing::fdo_voucher(passed_on)).error().reason, Reason::too_large);
}

}  // namespace
}  // namespace hallmark
