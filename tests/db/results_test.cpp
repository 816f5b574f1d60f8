// The one who makes the results, over a real token: each once, whatever fails on the way.
#include "ca/issuance/results.h"

#include "ca/crypto/der.h"
#include "ca/hsm/key_objects.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"
#include "tests/db/results_fixture.h"
#include "tests/support/softhsm.h"

#include <future>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

/// Counts, and fails as long as it is told to.
class WatchedSigner final : public Signer {
public:
    explicit WatchedSigner(Signer& inner) : inner_(inner) {}
    Bytes sign(const SigningKey& key, ByteView message) override {
        if (is_away) throw HsmFault(HsmError::passing, "away");
        ++signatures;
        return inner_.sign(key, message);
    }
    std::atomic<bool> is_away{false};
    std::atomic<int> signatures{0};

private:
    Signer& inner_;
};

/// A P-256 key that would do, but that it may be wrapped out of the token; its public half.
PublicKey make_extractable_key(const testing::SoftHsm& hsm, ByteView id) {
    const Module module(hsm.module_path());
    SessionPool pool({module.call(), module.slot_of(hsm.label()), Secret(hsm.pin())}, 1);
    const Session session = pool.open_writable();
    Template shown;
    shown.flag(CKA_TOKEN, true).flag(CKA_VERIFY, true).bytes(CKA_ID, id);
    shown.bytes(CKA_EC_PARAMS, der_oid("1.2.840.10045.3.1.7"));
    Template kept;
    kept.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SENSITIVE, true);
    kept.flag(CKA_EXTRACTABLE, true).flag(CKA_SIGN, true).bytes(CKA_ID, id);
    auto shown_attributes = shown.attributes();
    auto kept_attributes = kept.attributes();
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    KeyPair pair;
    check(session.call().C_GenerateKeyPair(
              session.handle(), &mechanism, shown_attributes.data(), shown_attributes.size(),
              kept_attributes.data(), kept_attributes.size(), &pair.public_key, &pair.private_key),
          "C_GenerateKeyPair");
    return public_key_of(session, pair).value();
}

class ResultsMade : public testing::ResultsFixture {
protected:
    [[nodiscard]] std::unique_ptr<Results> node(Epoch& of) {
        return std::make_unique<Results>(Results::Parts{
            .database = server,
            .token = token,
            .signer = signer,
            .epoch = of,
            .observe = {.stage = {},
                        .event = [this](std::string_view event,
                                        std::string_view) { notes.emplace_back(event); },
                        .gauge = {}},
            .verifier = {.developer = "Hallmark", .build = "test"},
            .key = ResultsKey{.uri = key.uri, .public_key = key.public_key}});
    }
    static json::value payload_of(const std::string& jwt) {
        const auto first = jwt.find('.');
        const auto second = jwt.find('.', first + 1);
        const auto payload = from_base64url(jwt.substr(first + 1, second - first - 1));
        return json::parse(as_text(payload.value()));
    }

    testing::SoftHsm hsm = testing::SoftHsm::make_token("results");
    Token token{hsm.options()};
    WatchedSigner signer{token};
    SigningKey key = token.generate("results-1", KeyAlgorithm::ec_p256).value();
    Epoch own{server, "node-1"};
    Epoch other{server, "node-2"};
    std::vector<std::string> notes;
};

TEST_F(ResultsMade, say_what_the_record_says) {
    const Claims claims = claims_of();
    const Serial serial = due(claims_json(claims));
    const auto results = node(own);
    EXPECT_EQ(results->sweep(10, noon), 1u);
    const auto payload = payload_of(results->of_certificate(serial).value());
    EXPECT_EQ(payload.at("iat").as_int64(), 1795435200);
    const auto& said = payload.at("submods").at("yubikey-piv");
    EXPECT_EQ(said.at("ear_status").as_string(), "affirming");
    EXPECT_EQ(said.at("ear_veraison_key_attestation").at("akpub").as_string(),
              to_base64url(claims.public_key));
    EXPECT_EQ(said.at("eat_nonce").as_string(),
              to_base64url(challenge_nonce("factory", challenge, claims.public_key)));
    EXPECT_EQ(results->sweep(10, noon), 0u);
    EXPECT_EQ(signer.signatures, 1);
}

TEST_F(ResultsMade, are_late_and_not_fewer_when_the_token_is_away) {
    std::vector<Serial> serials;
    for (int i = 0; i < 3; ++i)
        serials.push_back(due(claims_json(claims_of())));
    const std::string refusal = refused(Reason::evidence_not_accepted, "tpm2");
    const auto results = node(own);
    signer.is_away = true;
    for (int i = 0; i < 2; ++i)
        EXPECT_THROW((void)results->sweep(10, noon), HsmFault);
    EXPECT_EQ(count("attestation_result"), 0u);
    EXPECT_EQ(results->waiting().count, 4u);
    EXPECT_FALSE(results->of_certificate(serials[0]));
    signer.is_away = false;
    EXPECT_EQ(results->sweep(10, noon), 4u);
    for (const Serial& serial : serials)
        EXPECT_TRUE(results->of_certificate(serial));
    EXPECT_TRUE(results->of_refusal(refusal));
    EXPECT_EQ(results->waiting().count, 0u);
}

TEST_F(ResultsMade, are_one_each_when_two_nodes_make_them_at_once) {
    constexpr int many = 24;
    for (int i = 0; i < many; ++i)
        (void)due(claims_json(claims_of()));
    const auto first = node(own);
    const auto second = node(other);
    const auto until_none = [&](Results& results) {
        while (results.sweep(3, noon) != 0) {
        }
    };
    auto beside = std::async(std::launch::async, [&] { until_none(*second); });
    until_none(*first);
    beside.get();
    EXPECT_EQ(count("attestation_result"), static_cast<std::uint64_t>(many));
    EXPECT_EQ(signer.signatures, many) << "nothing was signed twice";
    EXPECT_EQ(count("result_due"), 0u);
}

TEST_F(ResultsMade, are_not_held_up_by_one_that_cannot_be_told) {
    const Serial strange = due(R"({"format":"of another time"})");
    const Serial next = due(claims_json(claims_of()));
    const auto results = node(own);
    EXPECT_EQ(results->sweep(10, noon), 2u);
    EXPECT_TRUE(results->of_certificate(next));
    EXPECT_FALSE(results->of_certificate(strange));
    EXPECT_EQ(notes, std::vector<std::string>{"result.not_made"});
    EXPECT_EQ(results->sweep(10, noon), 0u) << "not again at every turn";
    EXPECT_EQ(results->waiting().count, 1u) << "and not forgotten";
}

TEST_F(ResultsMade, are_never_signed_by_another_holders_key) {
    execute(owner, "INSERT INTO known_key (key_sha256, holder_kind, holder_id) VALUES (decode('" +
                       to_hex(key.public_key.digest()) + "', 'hex'), 'intermediate', 'line-1')");
    (void)due(claims_json(claims_of()));
    const auto results = node(own);
    EXPECT_THROW((void)results->sweep(10, noon), Fault);
    EXPECT_EQ(signer.signatures, 0);
    EXPECT_EQ(count("result_due WHERE taken_until IS NULL"), 1u);
    EXPECT_EQ(results->keys(), R"({"keys":[]})");
}

TEST_F(ResultsMade, are_never_signed_by_a_key_that_its_token_could_give_away) {
    (void)due(claims_json(claims_of()));
    key = {"pkcs11:id=%07", make_extractable_key(hsm, Bytes{7}), SignatureAlgorithm::ecdsa_sha256};
    const auto results = node(own);
    EXPECT_THROW((void)results->sweep(10, noon), HsmFault);
    EXPECT_EQ(signer.signatures, 0);
    EXPECT_EQ(results->keys(), R"({"keys":[]})");
}

TEST_F(ResultsMade, are_none_where_no_key_is_named) {
    (void)due(claims_json(claims_of()));
    Results none({.database = server,
                  .token = token,
                  .signer = signer,
                  .epoch = own,
                  .observe = {},
                  .verifier = {},
                  .key = std::nullopt});
    EXPECT_FALSE(none.are_made());
    EXPECT_EQ(none.sweep(10, noon), 0u);
    EXPECT_EQ(none.waiting().count, 1u);
}

}  // namespace
}  // namespace hallmark
