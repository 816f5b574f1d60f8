// `hallmark evidence verify` and `hallmark chain verify`: the verifiers alone, on files, without
// server or database. Answers exit statuses: 0 accepted, 2 usage, 3 refused; a fault (1) is thrown
// and is main's to tell.
#pragma once

#include "ca/domain/clock.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// As the command line gives them: paths and text, nothing decoded.
struct EvidenceVerifyArguments {
    std::string format;
    std::string roots;                              ///< PEM file
    std::optional<std::string> intermediates = {};  ///< PEM file
    std::vector<std::string> exceptions = {};       ///< As `vendor add` names them.
    std::optional<std::string> vendor;
    std::string evidence;  ///< JSON file; may be empty where the evidence stands in `csr`.
    // Exactly one of these three:
    std::optional<std::string> nonce;      ///< hex: what the evidence must carry
    std::optional<std::string> challenge;  ///< base64, with `csr`
    bool any_nonce = false;
    std::optional<std::string> csr;  ///< DER or PEM file, with `challenge` or for csr-attribute
    std::optional<std::string> csr_attribute_syntax;  ///< 2026 (the default) or 2025
    std::optional<std::string> door;  ///< factory (the default) or field, with `challenge`
    std::optional<std::string> key;   ///< SPKI, DER or PEM file
    std::optional<std::string>
        activation_secret;  ///< hex, with `challenge` and `csr`: its proof binds both
    bool any_activation = false;
    std::optional<std::string> status;  ///< JSON file: a vendor's revocation list
    std::optional<std::string> at;      ///< RFC 3339
    bool json = false;
    Instant now;  ///< Read in main; where `at` is absent.
};

/// Claims as JSON on `out` and 0; or the reason on `err`, as JSON with `json`, and 2 or 3. The
/// claims say what was left unchecked: "freshness", "activation", "revocation".
int evidence_verify(const EvidenceVerifyArguments& arguments, std::ostream& out, std::ostream& err);

struct ChainVerifyArguments {
    std::string roots;                         ///< PEM file
    std::optional<std::string> intermediates;  ///< PEM file
    std::vector<std::string> exceptions = {};  ///< As `vendor add` names them.
    std::string leaf;                          ///< PEM or DER file
    std::optional<std::string> purpose;  ///< client, server, tpm-ek, tpm-ak, any (the default)
    std::optional<std::string> at;       ///< RFC 3339
    bool json = false;
    Instant now;
};

/// The chain on `out`, leaf to anchor, and 0; or the reason on `err` and 2 or 3.
int chain_verify(const ChainVerifyArguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace hallmark
