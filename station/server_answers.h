// The server's answers as values: decoded strictly where something rests on them, and its refusals
// turned back into reasons. Believes nothing about a certificate; issued_check.h
// does the judging.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/evidence.h"
#include "ca/domain/fault.h"
#include "ca/domain/result.h"
#include "server/client/client.h"

#include <string>
#include <vector>

namespace hallmark {

/// The server answered something that the protocol does not know.
class AnswerFault : public Fault {
public:
    using Fault::Fault;
};

struct ChallengeGiven {
    Bytes challenge;
    std::vector<EvidenceMember> members;  ///< The format's own.
};

struct IssuanceGiven {
    std::string issuance;
    std::string device;
    std::string serial;
    Bytes certificate;         ///< DER
    std::vector<Bytes> chain;  ///< DER, the issuer first.
    Bytes installation_nonce;
};

/// The refusal that an answer states (RFC 9457), with the problem's instance in its detail. Throws
/// AnswerFault for a 5xx of broken machinery and for what is no problem document.
[[nodiscard]] Refusal refusal_in(const ClientAnswer& answer);

[[nodiscard]] ChallengeGiven decode_challenge(const std::string& body);
[[nodiscard]] IssuanceGiven decode_issuance(const std::string& body);

/// The bodies that the station sends.
struct ChallengeWanted {
    std::string product;
    std::string format;
    std::vector<EvidenceMember> members;
};
struct IssuanceWanted {
    std::string request_id;
    std::string product;
    Bytes challenge;
    Bytes csr;
    Evidence evidence;
};
struct InstallationDone {
    Digest certificate_sha256{};
    Bytes proof;
};
[[nodiscard]] std::string encode(const ChallengeWanted& wanted);
[[nodiscard]] std::string encode(const IssuanceWanted& wanted);
[[nodiscard]] std::string encode(const InstallationDone& done);

}  // namespace hallmark
