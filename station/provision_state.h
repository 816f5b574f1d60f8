// What a station remembers of one element's provisioning, so that its own crash loses nothing:
// written before each act that cannot be taken back. Holds no secret; evidence and certificates
// only.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace hallmark {

enum class Step {
    started,    ///< A key may or may not have been made; one found in the leaf's place is ours.
    asked,      ///< `body` may have reached the server under `request_id`.
    issued,     ///< `answer` came; whether it was installed is not known.
    confirmed,  ///< The server knows that it is installed.
};

struct ProvisionState {
    Step step = Step::started;
    std::string product;
    std::string request_id;
    std::string body;    ///< POST /v1/issuances, byte for byte.
    std::string answer;  ///< What came back.
};

/// One file per element in the station's state folder; without a folder nothing is kept.
class StateFile {
public:
    StateFile(const std::filesystem::path& folder, const std::string& element);

    /// nullopt: nothing is known of this element. Throws Fault when the file is not ours.
    [[nodiscard]] std::optional<ProvisionState> load() const;
    void save(const ProvisionState& state) const;

private:
    std::filesystem::path file_;
};

}  // namespace hallmark
