// COSE_Sign1 as RFC 9052 has it, with the RFC's own example, and one thing wrong at a time.
#include "ca/crypto/cose.h"

#include "ca/crypto/cose_key.h"
#include "station/simulator/soft_cbor.h"
#include "tests/support/pki.h"

#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

const Bytes content = to_bytes("what is signed");

Bytes protected_of(std::vector<std::pair<Bytes, Bytes>> pairs) {
    return soft_cbor_map(pairs);
}
std::pair<Bytes, Bytes> parameter(std::int64_t label, Bytes value) {
    return {soft_cbor_number(label), std::move(value)};
}
std::pair<Bytes, Bytes> algorithm(std::int64_t number) {
    return parameter(1, soft_cbor_number(number));
}
const auto kid = parameter(4, soft_cbor_bytes(to_bytes("11")));
const auto x5chain = parameter(33, soft_cbor_bytes(to_bytes("a certificate")));

/// A message, part by part, each already in CBOR.
struct Parts {
    Bytes header = protected_of({algorithm(-7)});
    Bytes protected_part = {};  ///< Empty: the header in a byte string.
    Bytes unprotected = soft_cbor_map({});
    Bytes payload = soft_cbor_bytes(content);
    Bytes signature = soft_cbor_bytes(Bytes(64, 1));
    std::vector<Bytes> more = {};
    Bytes tag = {0xD2};
    Bytes trailing = {};

    [[nodiscard]] Bytes cbor() const {
        std::vector<Bytes> items{protected_part.empty() ? soft_cbor_bytes(header) : protected_part,
                                 unprotected, payload, signature};
        items.insert(items.end(), more.begin(), more.end());
        return concat({tag, soft_cbor_array(items), trailing});
    }
};

Bytes signed_by(const TestKey& key, SignatureAlgorithm hash, std::size_t field, ByteView header,
                ByteView aad = {}) {
    // RFC 9052 4.4, written out once more.
    const Bytes structure = soft_cbor_array({soft_cbor_text("Signature1"), soft_cbor_bytes(header),
                                             soft_cbor_bytes(aad), soft_cbor_bytes(content)});
    return ecdsa_raw_from_der(key.sign(structure, hash), field).value();
}

std::string refusal_of(const Parts& parts, const CoseForm& form = {}) {
    const auto message = parse_cose_sign1(parts.cbor(), form);
    if (message) return "taken";
    EXPECT_EQ(message.error().reason, Reason::evidence_not_accepted);
    return message.error().detail;
}

TEST(Cose, takes_the_example_of_the_rfc) {
    // RFC 9052 C.2.1 and C.7.1, key "11".
    const Bytes message = from_hex(
                              "d28443a10126a10442313154546869732069732074686520636f6e74656e742e"
                              "58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0"
                              "117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345ca"
                              "cb36")
                              .value();
    const Bytes x =
        from_hex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff").value();
    const Bytes y =
        from_hex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e").value();
    const auto key = ec_public_key(KeyAlgorithm::ec_p256, x, y);
    ASSERT_TRUE(key);
    const auto read = parse_cose_sign1(
        message, {.tag = CoseTag::required, .unprotected = CoseUnprotected::hints});
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(as_text(read->payload), "This is the content.");
    EXPECT_EQ(read->algorithm, SignatureAlgorithm::ecdsa_sha256);
    EXPECT_EQ(to_hex(cose_signed_octets(*read)),
              "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e");
    EXPECT_TRUE(verify_cose_sign1(*read, *key));
}

TEST(Cose, takes_each_curve_with_its_own_algorithm_alone) {
    struct Row {
        KeyAlgorithm curve;
        std::size_t field;
        std::int64_t number;
        SignatureAlgorithm hash;
        bool taken;
    };
    for (const Row& row :
         {Row{KeyAlgorithm::ec_p256, 32, -7, SignatureAlgorithm::ecdsa_sha256, true},
          Row{KeyAlgorithm::ec_p256, 32, -35, SignatureAlgorithm::ecdsa_sha384, false},
          Row{KeyAlgorithm::ec_p256, 32, -36, SignatureAlgorithm::ecdsa_sha512, false},
          Row{KeyAlgorithm::ec_p384, 48, -7, SignatureAlgorithm::ecdsa_sha256, false},
          Row{KeyAlgorithm::ec_p384, 48, -35, SignatureAlgorithm::ecdsa_sha384, true},
          Row{KeyAlgorithm::ec_p384, 48, -36, SignatureAlgorithm::ecdsa_sha512, false}}) {
        const TestKey key = make_ec_key(row.curve);
        Parts parts{.header = protected_of({algorithm(row.number)})};
        parts.signature = soft_cbor_bytes(signed_by(key, row.hash, row.field, parts.header));
        const auto read = parse_cose_sign1(parts.cbor(), {});
        ASSERT_TRUE(read) << read.error().detail;
        const auto verified = verify_cose_sign1(*read, key.public_key());
        const std::string detail = verified ? "taken" : verified.error().detail;
        EXPECT_EQ(detail, row.taken ? "taken" : "signature: its algorithm is not the key's")
            << row.number;
    }
}

TEST(Cose, covers_header_payload_and_external_data) {
    const TestKey key = make_ec_key();
    const Bytes aad = to_bytes("of the protocol");
    Parts parts;
    parts.signature =
        soft_cbor_bytes(signed_by(key, SignatureAlgorithm::ecdsa_sha256, 32, parts.header, aad));
    const auto good = parse_cose_sign1(parts.cbor(), {});
    ASSERT_TRUE(good);
    EXPECT_TRUE(verify_cose_sign1(*good, key.public_key(), aad));
    EXPECT_FALSE(verify_cose_sign1(*good, key.public_key()));
    CoseSign1 other = *good;
    other.payload.back() ^= 1u;
    EXPECT_FALSE(verify_cose_sign1(other, key.public_key(), aad));
    other = *good;
    other.protected_header = protected_of({algorithm(-7), kid});
    EXPECT_FALSE(verify_cose_sign1(other, key.public_key(), aad));
    EXPECT_EQ(verify_cose_sign1(*good, make_ec_key().public_key(), aad).error().detail,
              "signature: not by this key");
    EXPECT_EQ(verify_cose_sign1(*good, shared_rsa_key().public_key(), aad).error().detail,
              "signature: its algorithm is not the key's");
}

TEST(Cose, takes_a_signature_in_one_form_alone) {
    const TestKey key = make_ec_key();
    Parts parts;
    const Bytes raw = signed_by(key, SignatureAlgorithm::ecdsa_sha256, 32, parts.header);
    const auto verified = [&](const Bytes& signature) {
        parts.signature = soft_cbor_bytes(signature);
        const auto read = parse_cose_sign1(parts.cbor(), {});
        EXPECT_TRUE(read);
        const auto done = verify_cose_sign1(*read, key.public_key());
        return done ? std::string("taken") : done.error().detail;
    };
    const std::string of_length = "signature: not r and s of the curve's length";
    EXPECT_EQ(verified(raw), "taken");
    EXPECT_EQ(verified({}), of_length);
    EXPECT_EQ(verified(ecdsa_der_from_raw(raw)), of_length);
    EXPECT_EQ(verified(Bytes(raw.begin(), raw.end() - 1)), of_length);
    EXPECT_EQ(verified(concat({raw, Bytes{0}})), of_length);
    // Left-padded as a wider curve's would be: r and s of 33 octets.
    const ByteView halves(raw);
    EXPECT_EQ(verified(concat({Bytes{0}, halves.first(32), Bytes{0}, halves.subspan(32)})),
              of_length);
    EXPECT_EQ(verified(Bytes(64, 0)), "signature: not by this key");
    EXPECT_EQ(verified(concat({halves.subspan(32), halves.first(32)})),
              "signature: not by this key");
}

TEST(Cose, goes_by_the_tag_that_the_format_has) {
    const CoseForm untagged{.tag = CoseTag::forbidden};
    EXPECT_EQ(refusal_of({}), "taken");
    EXPECT_EQ(refusal_of({.tag = {}}, untagged), "taken");
    EXPECT_EQ(refusal_of({.tag = {}}), "cose: not tagged as COSE_Sign1");
    EXPECT_EQ(refusal_of({}, untagged), "cose: another tag than this format's");
    EXPECT_EQ(refusal_of({.tag = {0xD1}}), "cose: another tag than this format's");  // COSE_Mac0
    EXPECT_EQ(refusal_of({.tag = {0xD2, 0xD2}}), "cose: not an array of four");
}

TEST(Cose, takes_hints_where_they_are_taken_and_never_believes_them) {
    const CoseForm hints{.unprotected = CoseUnprotected::hints};
    const std::string unprotected = "cose: an unprotected parameter that is not taken";
    const auto with = [](std::vector<std::pair<Bytes, Bytes>> pairs) {
        return Parts{.unprotected = soft_cbor_map(pairs)};
    };
    const auto two = soft_cbor_array({soft_cbor_bytes({}), soft_cbor_bytes({})});
    EXPECT_EQ(refusal_of(with({kid, x5chain}), hints), "taken");
    EXPECT_EQ(refusal_of(with({parameter(33, two)}), hints), "taken");
    EXPECT_EQ(refusal_of(with({kid})), unprotected);
    EXPECT_EQ(refusal_of(with({x5chain})), unprotected);
    EXPECT_EQ(refusal_of(with({algorithm(-7)}), hints), unprotected);
    EXPECT_EQ(refusal_of(with({parameter(4, soft_cbor_number(4))}), hints), unprotected);
    EXPECT_EQ(refusal_of(with({parameter(33, soft_cbor_array({}))}), hints), unprotected);
    EXPECT_EQ(refusal_of(with({{soft_cbor_text("kid"), soft_cbor_bytes({})}}), hints), unprotected);
    EXPECT_EQ(refusal_of(with({parameter(34, soft_cbor_bytes({}))}), hints), unprotected);
    Parts both = with({kid});
    both.header = protected_of({algorithm(-7), kid});
    EXPECT_EQ(refusal_of(both, hints), "cose: a parameter stands in both headers");
    EXPECT_EQ(refusal_of({.unprotected = soft_cbor_array({})}, hints),
              "cose: the unprotected header is no map");
}

TEST(Cose, reads_the_algorithm_of_the_protected_header_alone) {
    const auto with = [](std::vector<std::pair<Bytes, Bytes>> pairs) {
        return Parts{.header = protected_of(std::move(pairs))};
    };
    const std::string not_taken = "cose: a protected parameter that is not taken";
    EXPECT_EQ(refusal_of(with({algorithm(-7), kid, x5chain, parameter(3, soft_cbor_number(61))})),
              "taken");
    EXPECT_EQ(refusal_of(with({algorithm(-7), parameter(3, soft_cbor_text("application/cwt"))})),
              "taken");
    EXPECT_EQ(refusal_of(with({})), "cose: no algorithm in the protected header");
    EXPECT_EQ(refusal_of(with({kid})), "cose: no algorithm in the protected header");
    for (const std::int64_t number : {-8, -37, -47, -257, -65535, 5, 7})
        EXPECT_EQ(refusal_of(with({algorithm(number)})), "cose: algorithm not taken") << number;
    EXPECT_EQ(refusal_of(with({parameter(1, soft_cbor_text("ES256"))})),
              "cose: algorithm not taken");
    EXPECT_EQ(
        refusal_of(with({algorithm(-7), parameter(2, soft_cbor_array({soft_cbor_number(1)}))})),
        "cose: crit is not taken");
    EXPECT_EQ(refusal_of(with({algorithm(-7), parameter(5, soft_cbor_bytes({}))})), not_taken);
    EXPECT_EQ(refusal_of(with({algorithm(-7), parameter(3, soft_cbor_number(-1))})), not_taken);
    EXPECT_EQ(refusal_of(with({algorithm(-7), {soft_cbor_text("alg"), soft_cbor_number(-7)}})),
              not_taken);
}

TEST(Cose, reads_eddsa_where_the_form_takes_it_and_for_no_key_of_this_house) {
    const CoseForm form{.algorithms = CoseAlgorithms::ecdsa_and_eddsa};
    const Parts eddsa{.header = protected_of({algorithm(-8)})};
    const auto message = parse_cose_sign1(eddsa.cbor(), form);
    ASSERT_TRUE(message.has_value()) << message.error().detail;
    EXPECT_EQ(message->algorithm, SignatureAlgorithm::ed25519);
    EXPECT_EQ(verify_cose_sign1(*message, make_ec_key().public_key()).error().detail,
              "signature: its algorithm is not the key's");
    EXPECT_EQ(refusal_of(eddsa), "cose: algorithm not taken");
    EXPECT_EQ(refusal_of({.header = protected_of({algorithm(-37)})}, form),
              "cose: algorithm not taken");
}

TEST(Cose, refuses_every_other_form) {
    const std::string no_map = "cose: the protected header is not one CBOR map";
    EXPECT_EQ(refusal_of({.header = protected_of({algorithm(-7), algorithm(-35)})}), no_map);
    EXPECT_EQ(refusal_of({.header = concat({protected_of({algorithm(-7)}), Bytes{0}})}), no_map);
    EXPECT_EQ(refusal_of({.header = Bytes{}}), no_map);
    EXPECT_EQ(refusal_of({.header = soft_cbor_array({})}), no_map);
    EXPECT_EQ(refusal_of({.header = {0xBF, 0x01, 0x26, 0xFF}}), no_map);  // Of indefinite length.
    EXPECT_EQ(refusal_of({.header = {0xA1, 0x18, 0x01, 0x26}}), no_map);  // A longer form of 1.
    EXPECT_EQ(refusal_of({.protected_part = soft_cbor_map({algorithm(-7)})}),
              "cose: the protected header is no byte string");
    EXPECT_EQ(refusal_of({.payload = {0xF6}}), "cose: the payload is detached");
    EXPECT_EQ(refusal_of({.payload = soft_cbor_text("text")}),
              "cose: the payload is no byte string");
    EXPECT_EQ(refusal_of({.signature = soft_cbor_text("text")}),
              "cose: the signature is no byte string");
    EXPECT_EQ(refusal_of({.more = {soft_cbor_bytes({})}}), "cose: not an array of four");
    EXPECT_EQ(refusal_of({.trailing = {0}}), "cose: not one CBOR item");
    const Bytes whole = Parts().cbor();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto cut = parse_cose_sign1(ByteView(whole).first(length), {});
        ASSERT_FALSE(cut) << length;
        EXPECT_EQ(cut.error().detail, "cose: not one CBOR item") << length;
    }
    const auto bounded =
        parse_cose_sign1(whole, {.limits = {.octets = whole.size() - 1, .depth = 8, .items = 64}});
    EXPECT_EQ(bounded.error().detail, "cose: not one CBOR item");
}

TEST(CoseKey, is_a_point_of_a_curve_that_is_taken) {
    const TestKey key = make_ec_key(KeyAlgorithm::ec_p384);
    const PublicKey public_key = key.public_key();
    const ByteView point = public_key.subject_public_key();
    const Bytes x = to_bytes(point.subspan(1, 48)), y = to_bytes(point.subspan(49));
    const auto spki = [&](std::int64_t kty, std::int64_t curve, const Bytes& at_y) {
        const auto cose = parse_cbor(soft_cbor_map(
            {parameter(1, soft_cbor_number(kty)), parameter(-1, soft_cbor_number(curve)),
             parameter(-2, soft_cbor_bytes(x)), parameter(-3, at_y)}));
        return spki_of_cose_key(cose.value());
    };
    EXPECT_EQ(spki(2, 2, soft_cbor_bytes(y)).value(), key.spki());
    EXPECT_EQ(spki(2, 3, soft_cbor_bytes(y)).error().detail, "key: the curve is not taken");
    EXPECT_EQ(spki(2, 1, soft_cbor_bytes(y)).error().detail, "key: a coordinate is too long");
    EXPECT_EQ(spki(2, 2, {0xF5}).error().detail, "key: no uncompressed point");
    EXPECT_EQ(spki(2, 2, soft_cbor_bytes(x)).error().detail, "key: the point is not on the curve");
    EXPECT_EQ(spki(1, 6, soft_cbor_bytes(y)).error().detail, "key: a kind that is not taken");
}

}  // namespace
}  // namespace hallmark::testing
