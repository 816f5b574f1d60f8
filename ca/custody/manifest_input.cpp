#include "ca/custody/manifest_input.h"

#include "ca/domain/fault.h"

#include <algorithm>
#include <fstream>
#include <memory>

namespace hallmark {
namespace {

constexpr std::size_t window_octets = 512 * 1024;

ManifestInput::Source source_of(std::string_view text) {
    return [text](char* into, std::size_t most) mutable {
        const std::size_t count = text.copy(into, most);
        text.remove_prefix(count);
        return count;
    };
}

ManifestInput::Source source_of(const std::filesystem::path& file) {
    auto stream = std::make_shared<std::ifstream>(file, std::ios::binary);
    if (!*stream) throw Fault("cannot read " + file.string());
    return [stream, name = file.string()](char* into, std::size_t most) {
        stream->read(into, static_cast<std::streamsize>(most));
        if (stream->bad()) throw Fault("cannot read " + name);
        return static_cast<std::size_t>(stream->gcount());
    };
}

}  // namespace

ManifestInput::ManifestInput(Source source) : source_(std::move(source)), window_(window_octets) {}
ManifestInput::ManifestInput(std::string_view text) : ManifestInput(source_of(text)) {}

ManifestInput ManifestInput::of_file(const std::filesystem::path& file) {
    return ManifestInput(source_of(file));
}

std::string_view ManifestInput::peek(std::size_t most) {
    if (end_ - begin_ < most && !ended_) fill(most);
    return {window_.data() + begin_, std::min(most, end_ - begin_)};
}

void ManifestInput::fill(std::size_t wanted) {
    std::copy(window_.begin() + static_cast<std::ptrdiff_t>(begin_),
              window_.begin() + static_cast<std::ptrdiff_t>(end_), window_.begin());
    end_ -= begin_;
    begin_ = 0;
    if (window_.size() < wanted) window_.resize(wanted);
    while (end_ < window_.size() && !ended_) {
        const std::size_t come = source_(window_.data() + end_, window_.size() - end_);
        ended_ = come == 0;
        end_ += come;
    }
}

void ManifestInput::skip(std::size_t count) {
    count = std::min(count, end_ - begin_);
    hash_.update(as_bytes({window_.data() + begin_, count}));
    begin_ += count;
    at_ += count;
}

Digest ManifestInput::digest() const {
    return digest_from_bytes(hash_.digest()).value();
}

}  // namespace hallmark
