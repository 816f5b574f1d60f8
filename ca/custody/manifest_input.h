// The octets of a document, a window at a time, digested as they are taken.
#pragma once

#include "ca/crypto/running_hash.h"
#include "ca/domain/bytes.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace hallmark {

class ManifestInput {
public:
    /// Writes at most `most` octets; 0 at the end alone. Throws Fault.
    using Source = std::function<std::size_t(char* into, std::size_t most)>;
    explicit ManifestInput(Source source);
    /// `text` outlives it.
    explicit ManifestInput(std::string_view text);
    /// Throws Fault where the file cannot be opened.
    [[nodiscard]] static ManifestInput of_file(const std::filesystem::path& file);

    /// The next octets without taking them: `most`, or as many as there are left. Good until the
    /// next call.
    [[nodiscard]] std::string_view peek(std::size_t most);
    /// Takes what was peeked at.
    void skip(std::size_t count);

    /// Of the octets taken so far.
    [[nodiscard]] std::uint64_t at() const noexcept { return at_; }
    [[nodiscard]] Digest digest() const;

private:
    void fill(std::size_t wanted);

    Source source_;
    std::vector<char> window_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool ended_ = false;
    std::uint64_t at_ = 0;
    RunningHash hash_{HashAlgorithm::sha256};
};

}  // namespace hallmark
