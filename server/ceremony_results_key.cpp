#include "ca/audit/jws.h"
#include "server/ceremony_steps.h"

namespace hallmark {
namespace {

Result<Done> check_outputs(const ResultsKeyCeremony& ceremony) {
    HALLMARK_TRY(absent, check_absent(ceremony.public_key_out, "public key"));
    if (!ceremony.key_set_out.empty()) {
        HALLMARK_TRY(no_set, check_absent(ceremony.key_set_out, "key set"));
    }
    return Done{};
}

Result<Done> make_results_key(const ResultsKeyCeremony& ceremony, Transcript& transcript) {
    HALLMARK_TRY(outputs, check_outputs(ceremony));
    Token token(token_options(ceremony.token));
    transcript.token("online", token);
    HALLMARK_TRY(key, token.generate(ceremony.key_label, KeyAlgorithm::ec_p256));
    transcript.key("results-key-generated", token, key);
    // No certificate proves the pair here, so a signature does, over words that are no token's.
    (void)sign_and_verify(token, key, as_bytes("hallmark-results-key-v1"));
    write_new_file(ceremony.public_key_out, to_pem(key.public_key.spki(), "PUBLIC KEY"));
    if (!ceremony.key_set_out.empty())
        write_new_file(ceremony.key_set_out, jwk_set({key.public_key}) + "\n");
    transcript.step("results-key-written", {{"kid", key_name(key.public_key)},
                                            {"spki_sha256", to_hex(key.public_key.digest())}});
    return Done{};
}

}  // namespace

int ceremony_results_key(const ResultsKeyCeremony& ceremony, std::ostream& out, std::ostream& err) {
    const auto steps = [&](Transcript& transcript) {
        return make_results_key(ceremony, transcript);
    };
    return hold_ceremony(
        {.ceremony = "results-key", .record = ceremony.record, .now = ceremony.now, .out = out},
        steps, err);
}

}  // namespace hallmark
