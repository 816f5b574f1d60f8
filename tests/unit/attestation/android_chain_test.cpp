// The chain above an Android key, and what stands beside it: key, status list, cut descriptions.
#include "tests/unit/attestation/android_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(AndroidKeyTest, refuses_another_key_than_the_requests) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(AndroidKeyTest, refuses_where_no_status_list_is_held) {
    make();
    pin.status = nullptr;
    expect_refused("revocation: no status list of this vendor is held");
}

TEST_F(AndroidKeyTest, refuses_by_a_status_list_that_is_too_old) {
    make();
    pin.status = list_naming("", noon() - std::chrono::hours(72));
    expect_refused("revocation: the vendor's status list is too old");
}

TEST_F(AndroidKeyTest, refuses_every_certificate_of_the_chain_that_was_revoked) {
    make();
    for (std::size_t at = 0; at < chain().size(); ++at) {
        pin.status = list_naming(serial_of(at), noon());
        expect_refused("revocation: REVOKED: KEY_COMPROMISE");
    }
}

TEST_F(AndroidKeyTest, refuses_a_leaf_that_another_key_signed) {
    make();
    const SoftAndroid other(google);
    SoftKeyDescription description = {};
    description.challenge = nonce;
    // The names are the same for every device; the keys are not.
    chain().front() = other.attest(*expected.spki, description).front();
    expect_refused("leaf: not signed by the key above it");
}

TEST_F(AndroidKeyTest, refuses_what_an_attested_key_signed_as_if_it_attested) {
    make();
    const SoftAndroid device(google);
    const PkeyPtr kept = soft_p256_key();
    SoftKeyDescription description = {};
    description.challenge = nonce;
    const std::vector<Bytes> genuine = device.attest(spki_of(kept.get()), description);
    const SoftAndroid forger(PkeyPtr(private_from_der(private_der(kept.get()))), genuine);
    chain() = forger.attest(*expected.spki, description);
    expect_refused("leaf: issued by a key that was itself attested");
}

TEST_F(AndroidKeyTest, refuses_a_software_root_and_any_other_that_is_not_pinned) {
    make();
    pin.anchors.roots = {SoftGoogle().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(AndroidKeyTest, refuses_a_leaf_without_a_description) {
    make();
    make_with_extensions({});
    expect_refused("leaf: describes no key");
}

TEST_F(AndroidKeyTest, refuses_chains_that_are_too_short) {
    make();
    chain().resize(2);
    expect_refused("member: chain has fewer than three certificates");
}

TEST_F(AndroidKeyTest, refuses_a_description_cut_anywhere) {
    make();
    const Bytes whole = soft_key_description({.challenge = nonce});
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        make_with_extensions(
            soft_extension("1.3.6.1.4.1.11129.2.1.17", false, ByteView(whole).first(cut)));
        expect_refused("description: malformed");
    }
}

}  // namespace
}  // namespace hallmark
