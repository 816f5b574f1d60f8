// Cases as files, tests/data/attestation/<format>/<case>/: evidence that was made once, what a
// verifier is told beside it, and how it must end. Header alone, since it needs the rooms of the
// verifiers.
#pragma once

#include "ca/attestation/family.h"
#include "ca/json/json.h"
#include "tests/support/pki.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>

#include <boost/json.hpp>

namespace hallmark::testing {

struct StoredCase {
    Evidence evidence;
    VendorPin pin;
    Expected expected;
    std::string detail;  ///< Of the refusal, whole; empty: accepted.
};

/// {"format": ..., members...}, as `hallmark evidence verify --evidence` reads it.
[[nodiscard]] inline std::string evidence_document(const Evidence& evidence) {
    boost::json::object document;
    document["format"] = evidence.format;
    for (const EvidenceMember& member : evidence.members) {
        boost::json::array list;
        for (const Bytes& value : member.values)
            list.emplace_back(to_base64(value));
        if (member.is_list) {
            document[member.name] = std::move(list);
        } else {
            document[member.name] = list.empty() ? boost::json::value("") : list.front();
        }
    }
    return canonical_json(document);
}

/// The same members in the order of their names, which is the document's.
[[nodiscard]] inline bool is_document(const Evidence& evidence) {
    const auto read = parse_evidence(evidence_document(evidence));
    if (!read || read->format != evidence.format) return false;
    std::set<std::string> names;
    for (const EvidenceMember& member : evidence.members) {
        const EvidenceMember* const found = read->find(member.name);
        if (!names.insert(member.name).second || !found || found->values != member.values ||
            found->is_list != member.is_list) {
            return false;
        }
    }
    return read->members.size() == evidence.members.size();
}

/// What the status list says of certificates in the evidence: {"2c8c...": "REVOKED: ..."}.
[[nodiscard]] inline boost::json::object revoked_in(const StoredCase& one) {
    boost::json::object revoked;
    for (const EvidenceMember& member : one.evidence.members) {
        for (const Bytes& value : member.values) {
            const auto certificate = parse_certificate(value);
            const std::string* const said =
                certificate ? one.pin.status->find(certificate->serial) : nullptr;
            if (!said) continue;
            const std::string hex = to_hex(certificate->serial);
            revoked[hex.substr(hex.find_first_not_of('0'))] = *said;
        }
    }
    return revoked;
}

/// Everything of `one` but its evidence and roots.
[[nodiscard]] inline boost::json::object told_beside(const StoredCase& one) {
    boost::json::object told;
    const auto put = [&](const char* name, const std::optional<Bytes>& value) {
        if (value) told[name] = to_hex(*value);
    };
    put("nonce", one.expected.nonce);
    put("spki", one.expected.spki);
    put("activation_secret", one.expected.activation_secret);
    put("ak_name", one.expected.ak_name);
    if (one.expected.ek_certificate)
        told["ek_certificate"] = to_hex(ByteView(*one.expected.ek_certificate));
    if (!one.expected.challenge.empty()) told["challenge"] = to_hex(one.expected.challenge);
    if (one.expected.csr_sha256 != Digest{})
        told["csr_sha256"] = to_hex(ByteView(one.expected.csr_sha256));
    if (one.expected.challenge_password)
        told["challenge_password"] = *one.expected.challenge_password;
    if (one.expected.activation_unchecked) told["activation_unchecked"] = true;
    if (one.expected.revocation_unchecked) told["revocation_unchecked"] = true;
    // Formats without one are told an empty list, which they do not look at.
    if (!one.pin.status) {
        if (one.detail.starts_with("revocation: ")) told["status_list"] = "none";
    } else if (one.pin.status->is_too_old(noon())) {
        told["status_list"] = "too old";
    } else if (one.pin.status->size() > 0) {
        told["revoked"] = revoked_in(one);
    }
    told["vendor"] = one.pin.vendor.get();
    boost::json::array exceptions;
    for (const ChainException exception : one.pin.exceptions)
        exceptions.emplace_back(name_of(exception));
    if (!exceptions.empty()) told["exceptions"] = std::move(exceptions);
    told["ends"] = one.detail.empty() ? "accepted" : one.detail;
    return told;
}

inline void write_case(const std::filesystem::path& folder, const StoredCase& one) {
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream(folder / name, std::ios::binary) << text;
    };
    write("evidence.json", evidence_document(one.evidence) + "\n");
    write("case.json", canonical_json(told_beside(one)) + "\n");
    std::string roots;
    for (const Bytes& root : one.pin.anchors.roots)
        roots += to_pem(root, "CERTIFICATE");
    write("roots.pem", roots);
    if (one.pin.anchors.intermediates.empty()) return;
    std::string intermediates;
    for (const Bytes& intermediate : one.pin.anchors.intermediates)
        intermediates += to_pem(intermediate, "CERTIFICATE");
    write("intermediates.pem", intermediates);
}

[[nodiscard]] inline std::string file_text(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The list that revoked_in and the state of the list describe.
[[nodiscard]] inline std::shared_ptr<const StatusList> stored_status(
    const boost::json::object& told) {
    const auto* const state = told.if_contains("status_list");
    if (state && state->as_string() == "none") return nullptr;
    boost::json::object entries;
    if (const auto* const revoked = told.if_contains("revoked")) {
        for (const auto& [serial, said] : revoked->as_object()) {
            const std::string text(said.as_string());
            const std::size_t colon = text.find(": ");
            boost::json::object entry{{"status", text.substr(0, colon)}};
            if (colon != std::string::npos) entry["reason"] = text.substr(colon + 2);
            entries[serial] = std::move(entry);
        }
    }
    const auto age = state ? std::chrono::hours(2) : std::chrono::hours(0);
    auto list = StatusList::parse(canonical_json(boost::json::object{{"entries", entries}}),
                                  noon() - age, std::chrono::hours(1));
    return std::make_shared<const StatusList>(std::move(list).value());
}

/// Throws for a folder that is no case.
[[nodiscard]] inline StoredCase read_case(const std::filesystem::path& folder) {
    StoredCase one;
    one.evidence = parse_evidence(file_text(folder / "evidence.json")).value();
    const auto told = parse_json(file_text(folder / "case.json")).value();
    const boost::json::object& object = told.as_object();
    const auto text = [&](const char* name) -> std::optional<std::string> {
        const auto* const found = object.if_contains(name);
        if (!found) return std::nullopt;
        return std::string(found->as_string());
    };
    const auto bytes = [&](const char* name) -> std::optional<Bytes> {
        const auto hex = text(name);
        if (!hex) return std::nullopt;
        return from_hex(*hex).value();
    };
    one.expected.nonce = bytes("nonce");
    one.expected.spki = bytes("spki");
    one.expected.activation_secret = bytes("activation_secret");
    one.expected.ak_name = bytes("ak_name");
    if (const auto digest = text("ek_certificate"))
        one.expected.ek_certificate = digest_from_hex(*digest).value();
    one.expected.challenge = bytes("challenge").value_or(Bytes());
    if (const auto digest = text("csr_sha256"))
        one.expected.csr_sha256 = digest_from_hex(*digest).value();
    one.expected.challenge_password = text("challenge_password");
    one.expected.activation_unchecked = object.contains("activation_unchecked");
    one.expected.revocation_unchecked = object.contains("revocation_unchecked");
    one.pin = {
        .vendor = VendorId(text("vendor").value()),
        .format = one.evidence.format,
        .anchors = {.roots = parse_pem(file_text(folder / "roots.pem"), "CERTIFICATE").value(),
                    .intermediates = {}},
        .exceptions = {}};
    if (std::filesystem::exists(folder / "intermediates.pem"))
        one.pin.anchors.intermediates =
            parse_pem(file_text(folder / "intermediates.pem"), "CERTIFICATE").value();
    if (const auto* const exceptions = object.if_contains("exceptions")) {
        for (const boost::json::value& name : exceptions->as_array())
            one.pin.exceptions.insert(
                chain_exception_from(std::string_view(name.as_string())).value());
    }
    one.pin.status = stored_status(object);
    const std::string ends = text("ends").value();
    if (ends != "accepted") one.detail = ends;
    return one;
}

/// Every case below `data`, in the order of their paths.
[[nodiscard]] inline std::vector<std::filesystem::path> case_folders(
    const std::filesystem::path& data) {
    std::vector<std::filesystem::path> folders;
    for (const auto& format : std::filesystem::directory_iterator(data)) {
        for (const auto& one : std::filesystem::directory_iterator(format.path()))
            folders.push_back(one.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

}  // namespace hallmark::testing
