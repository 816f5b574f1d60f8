// Lies about an element, at a running door: each is told the same, each leaves its exact cause in
// the record and nothing else anywhere.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

struct Lie {
    const char* name;
    const char* detail;  ///< What the record says of it, by its beginning.
    void (*before)(Bench&);
    void (*after)(Bench&);
    friend std::ostream& operator<<(std::ostream& out, const Lie& lie) { return out << lie.name; }
};

void nothing(Bench&) {}

boost::json::object& evidence(Bench& bench) {
    return bench.request.at("evidence").as_object();
}

const Lie lies[] = {
    {"another_nonce", "nonce: ", [](Bench& b) { b.nonce = random_bytes(32); }, nothing},
    {"a_nonce_of_another_challenge", "nonce: ",
     [](Bench& b) {
         b.nonce =
             nonce_for({.door = "factory", .challenge = random_bytes(32), .spki = b.leaf.spki()});
     },
     nothing},
    {"the_nonce_of_another_door", "nonce: ",
     [](Bench& b) {
         b.nonce = nonce_for({.door = "field", .challenge = b.challenge, .spki = b.leaf.spki()});
     },
     nothing},
    {"another_activation", "activation: ", [](Bench& b) { b.activation = random_bytes(32); },
     nothing},
    {"the_secret_of_another_tpm", "activation: ", [](Bench& b) { b.secret = random_bytes(32); },
     nothing},
    {"no_activation", "", nothing, [](Bench& b) { evidence(b).erase("activation"); }},
    {"an_ak_that_the_challenge_did_not_name", "",
     [](Bench& b) {
         b.ak = soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
     },
     nothing},
    {"another_key_than_was_certified", "", nothing,
     [](Bench& b) {
         const auto other = soft_object(SoftKeyKind::ec_p256, {});
         evidence(b)["key_public"] = to_base64(other.public_area());
     }},
    {"a_key_that_may_leave_its_tpm", "key: duplicable",
     [](Bench& b) { b.leaf.fields.attributes = 0x00040060; }, nothing},
    {"a_key_that_was_imported", "key: imported",
     [](Bench& b) { b.leaf.fields.attributes = 0x00040052; }, nothing},
    {"a_signature_by_nobody", "signature: ", nothing,
     [](Bench& b) {
         const auto other =
             soft_object(SoftKeyKind::ec_p256, soft_ak_template(SoftKeyKind::ec_p256));
         evidence(b)["signature"] = to_base64(soft_sign(other, random_bytes(64)));
     }},
    {"an_unknown_member", "member: unknown", nothing,
     [](Bench& b) { evidence(b)["serial"] = to_base64(random_bytes(4)); }},
};

class EvidenceAtTheDoor : public testing::HouseTest {};

TEST_F(EvidenceAtTheDoor, that_lies_is_refused_and_leaves_its_cause_alone) {
    auto line = station();
    std::set<std::string> told;
    for (const Lie& lie : lies) {
        SCOPED_TRACE(lie.name);
        Bench bench(tpms[0]);
        ASSERT_EQ(line.open(bench).status, 201);
        lie.before(bench);
        SoftStation::attest(bench);
        lie.after(bench);
        const Standing before = standing();
        told.insert(without_instance(line.issue(bench)));
        expect_only_a_refusal(before, Reason::evidence_not_accepted, lie.detail);
    }
    EXPECT_EQ(told.size(), 1u) << *told.begin() << *told.rbegin();
    // And none of it spoilt the element for the truth.
    Bench honest(tpms[0]);
    EXPECT_EQ(line.provision(honest).status, 201);
}

TEST_F(EvidenceAtTheDoor, that_names_an_unrestricted_signer_opens_no_challenge) {
    auto line = station();
    Bench bench(tpms[0]);
    bench.ak.fields.attributes = 0x00040072;
    const Standing before = standing();
    EXPECT_EQ(line.open(bench).status, 422);
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "signer: not a restricted key");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM challenge"), 0);
}

TEST_F(EvidenceAtTheDoor, under_a_root_that_nobody_pinned_opens_no_challenge) {
    const SoftVendor counterfeiter("swtpm");
    const SoftTpm counterfeit(counterfeiter, SoftKeyKind::ec_p256, maker_certificate());
    auto line = station();
    Bench bench(counterfeit);
    const Standing before = standing();
    EXPECT_EQ(line.open(bench).status, 422);
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "chain: ");
}

TEST_F(EvidenceAtTheDoor, under_a_pin_that_was_replaced_since_the_challenge_is_refused) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    const SoftVendor successor("swtpm");
    pin("tpm2", {.roots = {successor.root()}, .intermediates = {}});
    SoftStation::attest(bench);
    const Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 422);
    expect_only_a_refusal(before, Reason::evidence_not_accepted, "chain: ");
}

}  // namespace
}  // namespace hallmark
