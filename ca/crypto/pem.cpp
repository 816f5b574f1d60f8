// Textual encoding (RFC 7468), the strict shape with lines of any length.
#include "ca/crypto/certificate.h"

namespace hallmark {

namespace {

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
        line.remove_suffix(1);
    }
    return line;
}

Refusal refused(std::string_view what) {
    return {Reason::malformed_request, "PEM: " + std::string(what)};
}

/// From the line after BEGIN up to and with END.
Result<Bytes> read_block(std::string_view& rest, std::string_view end_line) {
    std::string text;
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        if (line == end_line) {
            auto bytes = from_base64(text);
            if (!bytes || bytes->empty()) return refused("a block is not base64");
            return std::move(*bytes);
        }
        text.append(line);
    }
    return refused("a block has no end");
}

}  // namespace

Result<std::vector<Bytes>> parse_pem(std::string_view text, std::string_view label,
                                     std::size_t limit) {
    const std::string begin_line = "-----BEGIN " + std::string(label) + "-----";
    const std::string end_line = "-----END " + std::string(label) + "-----";
    std::vector<Bytes> blocks;
    while (!text.empty()) {
        const std::string_view line = next_line(text);
        if (line == end_line) return refused("an end without a beginning");
        if (line != begin_line) continue;
        if (blocks.size() == limit) return refused("too many blocks");
        HALLMARK_TRY(block, read_block(text, end_line));
        blocks.push_back(std::move(block));
    }
    return blocks;
}

std::string to_pem(ByteView der, std::string_view label) {
    const std::string base64 = to_base64(der);
    std::string text = "-----BEGIN " + std::string(label) + "-----\n";
    // RFC 7468 2: generators wrap at 64 characters.
    for (std::size_t at = 0; at < base64.size(); at += 64) {
        text.append(base64, at, 64).append(1, '\n');
    }
    return text.append("-----END ").append(label).append("-----\n");
}

}  // namespace hallmark
