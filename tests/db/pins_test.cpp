// Whose evidence is believed and what may sign: vendors' pins and intermediates.
#include "tests/db/registry_fixture.h"

namespace hallmark {
namespace {

using testing::make_ec_key;
using testing::noon;
using testing::refused;
using testing::self_signed;

class VendorPins : public testing::RegistryTest {};

TEST_F(VendorPins, a_new_pin_takes_the_place_of_the_one_before) {
    const auto first = testing::make_root("vendor root 1");
    const auto second = testing::make_root("vendor root 2");
    const auto helper = testing::make_intermediate(second, "vendor ca");
    const PinnedVendor one{.vendor = VendorId("acme"),
                           .format = "tpm2",
                           .anchors = {{first.certificate}, {}},
                           .exceptions = {}};
    const PinnedVendor two{
        .vendor = VendorId("acme"),
        .format = "tpm2",
        .anchors = {{second.certificate}, {helper.certificate}},
        .exceptions = {ChainException::zero_serial, ChainException::sha1_signatures}};
    ASSERT_TRUE(registry.pin_vendor(one, "setup", noon()).has_value());
    ASSERT_TRUE(registry.pin_vendor(two, "setup", noon()).has_value());
    const auto pins = registry.pins({VendorId("unknown"), VendorId("acme")}, "tpm2");
    ASSERT_EQ(pins.size(), 1u);
    EXPECT_EQ(pins[0].anchors.roots, std::vector<Bytes>{second.certificate});
    EXPECT_EQ(pins[0].anchors.intermediates, std::vector<Bytes>{helper.certificate});
    EXPECT_EQ(pins[0].exceptions, two.exceptions);
    EXPECT_TRUE(registry.pins({VendorId("acme")}, "dice").empty());
    EXPECT_EQ(count("vendor_pin"), 2);
    EXPECT_EQ(count("event WHERE type = 'vendor.pinned'"), 2);
}

TEST_F(VendorPins, refuses_a_pin_without_a_root_or_with_rubbish) {
    PinnedVendor pin{.vendor = VendorId("acme"), .format = "tpm2", .anchors = {}, .exceptions = {}};
    EXPECT_TRUE(refused(registry.pin_vendor(pin, "setup", noon()), Reason::invalid_document));
    pin.anchors.roots = {{0x04, 0x01, 0x00}};
    EXPECT_TRUE(refused(registry.pin_vendor(pin, "setup", noon()), Reason::invalid_document));
    EXPECT_EQ(count("vendor_pin"), 0);
}

TEST_F(VendorPins, an_ended_pin_never_comes_back) {
    const auto root = testing::make_root("vendor root");
    const PinnedVendor pin{.vendor = VendorId("acme"),
                           .format = "tpm2",
                           .anchors = {{root.certificate}, {}},
                           .exceptions = {}};
    ASSERT_TRUE(registry.pin_vendor(pin, "setup", noon()).has_value());
    ASSERT_TRUE(registry.pin_vendor(pin, "setup", noon()).has_value());
    const auto revive = [](Tx& tx) {
        tx.raw().exec("UPDATE vendor_pin SET active = true WHERE version = 1");
    };
    EXPECT_THROW(database.transact(revive), ConstraintViolation);
}

class IntermediateTest : public testing::RegistryTest {
protected:
    testing::TestAuthority root = testing::make_root("root");
    testing::TestAuthority issuing = testing::make_intermediate(root, "issuing");

    Intermediate row() const {
        return {.id = IntermediateId("int-1"),
                .key_uri = "pkcs11:token=hallmark;object=int-1",
                .algorithm = SignatureAlgorithm::ecdsa_sha256,
                .certificate = issuing.certificate,
                .chain = {root.certificate},
                .state = "active"};
    }
    Result<Done> add(const Intermediate& wanted) {
        return registry.add_intermediate(wanted, "setup", noon());
    }
};

TEST_F(IntermediateTest, is_answered_as_it_was_added) {
    ASSERT_TRUE(add(row()).has_value());
    const auto found = registry.intermediate(IntermediateId("int-1"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->certificate, issuing.certificate);
    EXPECT_EQ(found->chain, std::vector<Bytes>{root.certificate});
    EXPECT_EQ(found->key_uri, row().key_uri);
    EXPECT_EQ(found->algorithm, SignatureAlgorithm::ecdsa_sha256);
    EXPECT_EQ(registry.intermediates().size(), 1u);
    EXPECT_EQ(count("event WHERE type = 'intermediate.added'"), 1);
}

TEST_F(IntermediateTest, is_unavailable_while_unknown_or_suspended) {
    const IntermediateId id("int-1");
    EXPECT_TRUE(refused(registry.intermediate(id), Reason::unavailable));
    ASSERT_TRUE(add(row()).has_value());
    ASSERT_TRUE(registry.set_intermediate_state(id, "suspended", "setup", noon()).has_value());
    EXPECT_TRUE(refused(registry.intermediate(id), Reason::unavailable));
    EXPECT_EQ(registry.intermediates().at(0).state, "suspended");
    ASSERT_TRUE(registry.set_intermediate_state(id, "active", "setup", noon()).has_value());
    EXPECT_TRUE(registry.intermediate(id).has_value());
}

TEST_F(IntermediateTest, is_refused_without_the_marks_of_an_issuer) {
    Intermediate wanted = row();
    wanted.certificate =
        testing::make_certificate(testing::leaf_spec(root, "leaf", make_ec_key()), root.key);
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted = row();
    wanted.chain = {testing::make_root("root").certificate};  // The same name, another key.
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted.chain = {};
    EXPECT_TRUE(refused(add(wanted), Reason::invalid_document));
    wanted = row();
    wanted.key_uri = "pkcs11:object=int-1?pin-value=1234";
    EXPECT_TRUE(refused(add(wanted), Reason::malformed_request));
    wanted = row();
    wanted.algorithm = SignatureAlgorithm::ecdsa_sha1;
    EXPECT_TRUE(refused(add(wanted), Reason::malformed_request));
    EXPECT_EQ(count("intermediate"), 0);
}

TEST_F(IntermediateTest, shares_its_key_with_nobody) {
    ASSERT_TRUE(add(row()).has_value());
    StationEnrolment wanted = station();
    wanted.certificate = self_signed("st-1", issuing.key);
    EXPECT_TRUE(refused(enrol(wanted), Reason::conflict));
    Intermediate second = row();
    second.id = IntermediateId("int-2");
    EXPECT_TRUE(refused(add(second), Reason::conflict));
}

}  // namespace
}  // namespace hallmark
