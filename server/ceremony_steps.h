// What both ceremonies do alike: open a token, have a certificate signed in it, hold certificates
// against each other, and end. Each check is our own and exact; no chain is built.
#pragma once

#include "ca/hsm/token.h"
#include "server/ceremony_certificate.h"
#include "server/ceremony_transcript.h"

#include <functional>

namespace hallmark {

/// One session: a ceremony does one thing at a time. Throws Fault (the PIN) or HsmFault.
[[nodiscard]] TokenOptions token_options(const TokenSource& source);

/// Signed in the token, verified with the key's public half, read back by our own reader. Throws
/// Fault when the token's signature does not verify.
[[nodiscard]] Result<Certificate> sign_certificate(Token& token, const SigningKey& signer,
                                                   const CaCertificate& certificate);

/// Throws Fault when the signature does not verify: the token is broken, or its two halves are no
/// pair.
[[nodiscard]] Bytes sign_and_verify(Token& token, const SigningKey& signer, ByteView message);

/// A root: self-issued and self-signed, basicConstraints and keyUsage critical, a CA that may make
/// another, keyCertSign, a subjectKeyIdentifier, valid at `now`. Reason: unavailable.
[[nodiscard]] Result<Done> check_root_certificate(const Certificate& root, Instant now);

/// `certificate` is by `root`: issuer and authorityKeyIdentifier are the root's, the root's key
/// verifies the signature, and it does not outlive the root. Reason: unavailable.
[[nodiscard]] Result<Done> check_issued_by(const Certificate& certificate, const Certificate& root);

/// 1 to 100. Reason: malformed_request.
[[nodiscard]] Result<Done> check_years(int years);

using CeremonySteps = std::function<Result<Done>(Transcript&)>;
/// Opens the transcript, takes the steps, closes it. A refusal is its last line, which is not
/// signed.
[[nodiscard]] int hold_ceremony(const Transcript::Opening& opening, const CeremonySteps& steps,
                                std::ostream& err);

}  // namespace hallmark
