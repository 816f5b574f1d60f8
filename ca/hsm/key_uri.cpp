// RFC 7512, the part that names a key:
//   pk11-URI   = "pkcs11:" pk11-path [ "?" pk11-query ]
//   pk11-path  = [ pk11-pattr *( ";" pk11-pattr ) ]    pk11-query = [ pk11-qattr *( "&" pk11-qattr
//   ) ]
#include "ca/hsm/token.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::string_view scheme = "pkcs11:";
constexpr std::size_t most_uri_octets = 1024;
constexpr std::size_t most_token_octets = 32;  // PKCS#11 v2.40 3.2: CK_TOKEN_INFO.label
constexpr std::size_t most_object_octets = 255;
constexpr std::size_t most_id_octets = 255;

Refusal malformed(std::string detail) {
    return {Reason::malformed_request, "key URI: " + std::move(detail)};
}

bool is_unreserved(char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
           letter == '~';
}

// RFC 7512 2.3: pk11-res-avail, and "/" and "|" in the query, stand as they are.
bool stands_as_it_is(char letter, bool in_query) {
    return is_unreserved(letter) ||
           std::string_view(":[]@!$'()*+,=").find(letter) != std::string_view::npos ||
           (in_query ? std::string_view("/?|") : std::string_view("&")).find(letter) !=
               std::string_view::npos;
}

std::optional<Bytes> decode(std::string_view value, bool in_query) {
    Bytes decoded;
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] != '%') {
            if (!stands_as_it_is(value[at], in_query)) return std::nullopt;
            decoded.push_back(static_cast<unsigned char>(value[at]));
            continue;
        }
        const auto octet = from_hex(value.substr(at + 1, 2));
        if (!octet || octet->size() != 1) return std::nullopt;
        decoded.push_back((*octet)[0]);
        at += 2;
    }
    return decoded;
}

struct Pair {
    std::string_view name;
    Bytes value;
};

Result<std::vector<Pair>> pairs_of(std::string_view text, char separator, bool in_query) {
    std::vector<Pair> pairs;
    while (!text.empty()) {
        const auto end = text.find(separator);
        const std::string_view part = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (end != std::string_view::npos && text.empty()) return malformed("an empty attribute");
        const auto sign = part.find('=');
        if (sign == std::string_view::npos) return malformed("an attribute without a value");
        const std::string_view name = part.substr(0, sign);
        for (const Pair& known : pairs)
            if (known.name == name) return malformed("an attribute stands twice");
        auto value = decode(part.substr(sign + 1), in_query);
        if (!value) return malformed("an attribute that is not percent-encoded");
        pairs.push_back({name, std::move(*value)});
    }
    return pairs;
}

Result<std::string> text_of(const Bytes& value, std::size_t most) {
    const bool plain = std::all_of(value.begin(), value.end(), [](unsigned char octet) {
        return octet >= 0x20 && octet != 0x7F;
    });
    if (value.empty() || value.size() > most || !plain)
        return malformed("a name of an impossible form");
    return std::string(as_text(value));
}

std::string encoded(ByteView octets, bool every_octet) {
    std::string text;
    for (const unsigned char octet : octets) {
        const char letter = static_cast<char>(octet);
        if (!every_octet && is_unreserved(letter))
            text += letter;
        else
            text += "%" + to_hex(std::array{octet});
    }
    return text;
}

}  // namespace

Result<KeyUri> parse_key_uri(std::string_view uri) {
    if (uri.size() > most_uri_octets) return malformed("too long");
    if (!uri.starts_with(scheme)) return malformed("it does not begin with pkcs11:");
    const auto query_at = uri.find('?');
    const auto path = uri.substr(
        scheme.size(), query_at == std::string_view::npos ? query_at : query_at - scheme.size());
    HALLMARK_TRY(parts, pairs_of(path, ';', false));

    KeyUri key;
    for (const Pair& part : parts) {
        if (part.name == "token") {
            HALLMARK_TRY(token, text_of(part.value, most_token_octets));
            key.token = std::move(token);
        } else if (part.name == "object") {
            HALLMARK_TRY(object, text_of(part.value, most_object_octets));
            key.object = std::move(object);
        } else if (part.name == "id") {
            if (part.value.empty() || part.value.size() > most_id_octets)
                return malformed("an id too long");
            key.id = part.value;
        } else if (part.name == "type") {
            if (as_text(part.value) != "private") return malformed("its type is not private");
        } else {
            // RFC 7512 2.4: an attribute that is not understood must not be left out of the match.
            return malformed("an attribute that is not taken here: " + std::string(part.name));
        }
    }
    if (query_at != std::string_view::npos) {
        HALLMARK_TRY(query, pairs_of(uri.substr(query_at + 1), '&', true));
        for (const Pair& part : query)
            // Where module and PIN come from is the configuration's word; a PIN itself never stands
            // in a URI.
            if (part.name != "module-path" && part.name != "pin-source")
                return malformed("a query attribute that is not taken here: " +
                                 std::string(part.name));
    }
    if (key.object.empty() && key.id.empty()) return malformed("it names neither object nor id");
    return key;
}

std::string key_uri(std::string_view token, std::string_view object, ByteView id) {
    std::string uri(scheme);
    uri += "token=" + encoded(as_bytes(token), false);
    if (!object.empty()) uri += ";object=" + encoded(as_bytes(object), false);
    // RFC 7512 2.3: the whole id should be percent-encoded.
    if (!id.empty()) uri += ";id=" + encoded(id, true);
    return uri + ";type=private";
}

}  // namespace hallmark
