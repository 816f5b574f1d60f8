// A software TPM 2.0 (swtpm) with EK certificates, and the little CA that certifies it. All TPMs of
// one test share one CA; nothing outside the two throw-away folders is written, and a TPM is ended
// by its own pid.
#pragma once

#include "ca/domain/bytes.h"
#include "tests/support/temp_dir.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hallmark::testing {

/// The TPM vendor of a test: a P-256 root and one issuer, by which swtpm_localca signs EK
/// certificates.
class SwtpmCa {
public:
    SwtpmCa();

    [[nodiscard]] std::filesystem::path root_file() const;    ///< PEM
    [[nodiscard]] std::filesystem::path issuer_file() const;  ///< PEM; swtpm keeps no chain in NV.
    [[nodiscard]] std::string root_pem() const;
    [[nodiscard]] std::string issuer_pem() const;
    [[nodiscard]] Bytes root_der() const;
    [[nodiscard]] Bytes issuer_der() const;
    [[nodiscard]] std::filesystem::path setup_file() const;  ///< swtpm_setup's --config

private:
    TempDir dir_;
};

/// A manufactured TPM, running: EK certificates for RSA-2048 (NV 0x01C00002) and P-384 (NV
/// 0x01C00016). It has three transient slots and no resource manager, as a part on a line has.
class Swtpm {
public:
    explicit Swtpm(const SwtpmCa& ca);
    ~Swtpm();
    Swtpm(const Swtpm&) = delete;
    Swtpm& operator=(const Swtpm&) = delete;

    /// For Tss2_TctiLdr_Initialize and for --tcti: "swtpm:path=...".
    [[nodiscard]] const std::string& tcti() const noexcept { return tcti_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return dir_.path(); }
    /// A power cut and the next power-up: persistent objects and NV stay, all else goes.
    void stop();
    void start();
    /// While nobody else is connected. A TPM counts a power cut as a guess at a secret if one was
    /// in use since the power-up (TPM 2.0 Library Part 1, 19.8: an orderly shutdown was due), and
    /// locks up after three; from here on it takes a thousand.
    void forgive_power_cuts() const;

private:
    TempDir dir_;
    std::string tcti_;
    pid_t pid_ = 0;
};

}  // namespace hallmark::testing
