#include "server/verify_input.h"

#include "ca/crypto/certificate.h"
#include "ca/json/json.h"

#include <filesystem>
#include <fstream>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::uintmax_t largest_file = 8u * 1024 * 1024;

UsageError usage(std::string_view what, std::string_view why) {
    return UsageError(std::string(what) + ": " + std::string(why));
}

void tell(std::string_view kind, std::string_view text, bool json, std::ostream& err) {
    if (!json) {
        err << kind << ": " << text << '\n';
        return;
    }
    boost::json::object document;
    document["reason"] = std::string(kind);
    document["detail"] = std::string(text);
    err << canonical_json(document) << '\n';
}

}  // namespace

std::string read_file(const std::string& path, std::string_view what) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) throw usage(what, path + ": " + error.message());
    if (size > largest_file) throw usage(what, path + ": larger than 8 MiB");
    std::ifstream file(path, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
        throw usage(what, path + ": cannot be read");
    }
    return text;
}

std::vector<Bytes> read_certificates(const std::string& path, std::string_view what) {
    auto certificates = parse_pem(read_file(path, what), "CERTIFICATE");
    if (!certificates) throw usage(what, path + ": " + certificates.error().detail);
    if (certificates->empty()) throw usage(what, path + ": no certificate in PEM");
    return *std::move(certificates);
}

Bytes read_der_or_pem(const std::string& path, std::string_view label, std::string_view what) {
    const std::string text = read_file(path, what);
    if (text.find("-----BEGIN ") == std::string::npos) return to_bytes(text);
    auto blocks = parse_pem(text, label);
    if (!blocks) throw usage(what, path + ": " + blocks.error().detail);
    if (blocks->size() != 1)
        throw usage(what, path + ": not one PEM block of " + std::string(label));
    return blocks->front();
}

Bytes hex_argument(const std::string& text, std::string_view what) {
    auto octets = from_hex(text);
    if (!octets || octets->empty()) throw usage(what, "not hexadecimal");
    return *std::move(octets);
}

Bytes base64_argument(const std::string& text, std::string_view what) {
    auto octets = from_base64(text);
    if (!octets || octets->empty()) throw usage(what, "not base64");
    return *std::move(octets);
}

Instant instant_argument(const std::optional<std::string>& text, Instant otherwise) {
    if (!text) return otherwise;
    const auto instant = from_rfc3339(*text);
    if (!instant) throw usage("--at", "not RFC 3339: " + *text);
    return *instant;
}

int tell_refusal(const Refusal& refusal, bool json, std::ostream& err) {
    if (json) {
        tell(name_of(refusal.reason), refusal.detail, json, err);
    } else {
        tell("refused", std::string(name_of(refusal.reason)) + ": " + refusal.detail, json, err);
    }
    return exit_refused;
}

int tell_usage(const UsageError& error, bool json, std::ostream& err) {
    tell("usage", error.what(), json, err);
    return exit_usage;
}

}  // namespace hallmark
