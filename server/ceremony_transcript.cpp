#include "server/ceremony_transcript.h"

#include "ca/json/json.h"

#include <ostream>

#include <boost/json.hpp>

namespace hallmark {

Result<std::unique_ptr<Transcript>> Transcript::open(const Opening& opening) {
    HALLMARK_TRY(transcript_free, check_absent(opening.record.transcript, "transcript"));
    HALLMARK_TRY(signature_free,
                 check_absent(opening.record.transcript.string() + ".sig", "signature"));
    HALLMARK_TRY(key, read_operator_key(opening.record.operator_key));
    std::unique_ptr<Transcript> transcript(new Transcript(opening, std::move(key)));
    transcript->step(
        "begin", {{"ceremony", opening.ceremony},
                  {"format", "hallmark-ceremony-v1"},
                  {"operator_key_sha256", to_hex(transcript->operator_.public_key().digest())}});
    return transcript;
}

Transcript::Transcript(const Opening& opening, OperatorKey key)
    : path_(opening.record.transcript),
      operator_(std::move(key)),
      file_(path_),
      out_(opening.out),
      at_(to_rfc3339(floor_to_second(opening.now))) {}

void Transcript::step(std::string_view name, boost::json::object members) {
    members["step"] = name;
    members["at"] = at_;
    members["line"] = ++lines_;
    members["previous"] = to_hex(previous_);
    const std::string line = canonical_json(members);
    previous_ = sha256(as_bytes(line));
    append(written_, line + "\n");
    file_.write(line + "\n");
    out_ << "  " << name << '\n';
}

void Transcript::token(std::string_view role, Token& token) {
    boost::json::object said;
    for (const auto& [name, value] : token.description())
        said[name] = value;
    step("token-opened", {{"role", role}, {"token", std::move(said)}});
}

void Transcript::key(std::string_view step_name, Token& token, const SigningKey& key) {
    const KeyAttributes report = token.attributes_of(key);
    boost::json::object attributes;
    for (const auto& [name, value] : report.attributes)
        attributes[name] = value;
    step(step_name, {{"uri", key.uri},
                     {"label", report.label},
                     {"id", to_hex(report.id)},
                     {"key_type", report.key_type},
                     {"algorithm", name_of(key.public_key.algorithm())},
                     {"attributes", std::move(attributes)},
                     {"spki", to_base64(key.public_key.spki())},
                     {"spki_sha256", to_hex(key.public_key.digest())}});
}

void Transcript::certificate(std::string_view step_name, const Certificate& certificate) {
    step(step_name, {{"subject", name_text(certificate.subject)},
                     {"issuer", name_text(certificate.issuer)},
                     {"serial", to_hex(certificate.serial)},
                     {"not_before", to_rfc3339(certificate.not_before)},
                     {"not_after", to_rfc3339(certificate.not_after)},
                     {"certificate", to_base64(certificate.der)},
                     {"certificate_sha256", to_hex(certificate.sha256)},
                     {"spki_sha256", to_hex(sha256(certificate.spki))}});
}

void Transcript::close() {
    step("end", {{"chain", to_hex(previous_)}, {"lines_before", lines_}});
    const std::string signature_path = path_.string() + ".sig";
    write_new_file(signature_path, as_text(operator_.sign(written_)));
    out_ << "transcript " << path_.string() << "\n  sha256 " << to_hex(sha256(written_))
         << "\n  signed in " << signature_path << " (" << name_of(operator_.algorithm()) << ")\n";
}

}  // namespace hallmark
