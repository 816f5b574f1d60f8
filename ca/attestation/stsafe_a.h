// Format "stsafe-a": a key pair that an ST STSAFE-A made in a signature session, told by the
// session's transcript, which the element signed with the key that ST put into its slot 0 and
// certified.
//
// Sources: ST's STSAFE-A1xx middleware (command codes, Generate Key and its response, the key's
// rights, what a session hashes and in which order, the form of a signature) and its examples; ST's
// log of a device certificate (names, serial, no extensions at all). Not confirmed: that Start
// Session answers no data, that Get Signature's data is the challenge and nothing else and that its
// command is the last message hashed, a MAC of four octets behind a command, and which types but
// the STSAFE-A100 have sessions. No evidence of a real element was at hand.
//
// What slot 0 is for is not in the evidence. Where it also signs digests of the host's (Generate
// Signature), whoever holds the element signs a transcript of a session that never was, and could
// make it say anything of slot 0. Only who had the elements personalised knows: without his word,
// StsafeProfile, the element is proved and the key is not.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

/// How the elements behind all pins of this format were personalised.
struct StsafeProfile {
    /// Vendors, as pinned, in whose elements slot 0 signs sessions and no digests of the host's.
    std::set<VendorId> session_signers = {};
};

class StsafeAVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit StsafeAVerifier(const ChainValidator& chains, StsafeProfile profile = {})
        : chains_(chains), profile_(std::move(profile)) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "stsafe-a"; }
    /// Members chain (slot 0's certificate first), transcript (each message's header octet and
    /// data: Start Session's response, Generate Key, its response, Get Signature with the nonce)
    /// and signature (Get Signature's response without its header: R and S, each behind its
    /// length). Custody knows the element by slot 0's key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    StsafeProfile profile_;
};

}  // namespace hallmark
