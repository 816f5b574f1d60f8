#include "ca/issuance/compose.h"
#include "server/ceremony_steps.h"

#include <ostream>

namespace hallmark {
namespace {

constexpr int root_path_length =
    1;  // One level of intermediates, and nothing below them but leaves.

Result<Done> make_root(const RootCeremony& ceremony, const Bytes& subject, Transcript& transcript) {
    Token token(token_options(ceremony.token));
    transcript.token("root", token);
    HALLMARK_TRY(key, token.generate(ceremony.key_label, ceremony.algorithm));
    transcript.key("root-key-generated", token, key);

    const Instant from = floor_to_second(ceremony.now);
    HALLMARK_TRY(root, sign_certificate(token, key,
                                        {.serial = random_serial().get(),
                                         .algorithm = key.algorithm,
                                         .issuer = subject,
                                         .subject = subject,
                                         .not_before = from,
                                         .not_after = end_after_years(from, ceremony.years),
                                         .key = key.public_key,
                                         .path_length = root_path_length,
                                         .authority_key_identifier = {},
                                         .crl_url = {},
                                         .issuer_url = {}}));
    HALLMARK_TRY(fit, check_root_certificate(root, ceremony.now));
    write_new_file(ceremony.certificate_out, to_pem(root.der, "CERTIFICATE"));
    transcript.certificate("root-certificate-signed", root);
    return Done{};
}

}  // namespace

int ceremony_root(const RootCeremony& ceremony, std::ostream& out, std::ostream& err) {
    const auto steps = [&](Transcript& transcript) -> Result<Done> {
        HALLMARK_TRY(years, check_years(ceremony.years));
        HALLMARK_TRY(subject, subject_name_der(ceremony.subject));
        HALLMARK_TRY(absent, check_absent(ceremony.certificate_out, "certificate"));
        return make_root(ceremony, subject, transcript);
    };
    return hold_ceremony(
        {.ceremony = "root", .record = ceremony.record, .now = ceremony.now, .out = out}, steps,
        err);
}

}  // namespace hallmark
