// fuzz: NEEDS ca/crypto
// covers: ca/crypto/der_reader.cpp ca/crypto/der_writer.cpp
// Whatever a typed read takes, the writer writes back to the same octets.
#include "ca/crypto/der.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

/// The typed read of this element, written again: the same octets, or the reader took a second
/// encoding.
void read_and_write_again(const DerElement& element) {
    DerReader reader(element.whole);
    if (const auto flag = reader.boolean()) require(equal(der_boolean(*flag), element.whole));
    if (const auto number = reader.small_integer()) {
        require(equal(der_integer(*number), element.whole));
        return;
    }
    if (const auto number = reader.integer())
        require(equal(der(tag::integer, *number), element.whole));
    if (const auto oid = reader.oid()) {
        require(is_oid(*oid) && equal(der_oid(*oid), element.whole));
    }
    if (const auto bits = reader.octet_aligned_bit_string()) {
        require(equal(der_bit_string(*bits), element.whole));
    }
    if (const auto instant = reader.time()) {
        // A GeneralizedTime before 2050 is read and never written.
        if (*instant >= *DerReader(der(tag::utc_time, as_bytes("500101000000Z"))).time()) {
            const Bytes written = der_time(*instant);
            require(DerReader(written).time() == instant);
        }
    }
    require(equal(der(element.tag, element.content), element.whole));
}

void walk(ByteView input, int depth) {
    DerReader reader(input);
    while (const auto element = reader.any()) {
        read_and_write_again(*element);
        require(sole_element(element->whole, element->tag).has_value());
        if ((element->tag & 0x20u) != 0 && depth < 16) walk(element->content, depth + 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    walk(input, 0);
    require(DerReader(der_unsigned(input)).integer().has_value());
    if (size >= 4) {
        const std::uint32_t bits = std::uint32_t{input[0]} << 24 | std::uint32_t{input[1]} << 16 |
                                   std::uint32_t{input[2]} << 8 | input[3];
        require(sole_element(der_named_bits(bits, size % 33), tag::bit_string).has_value());
    }
    std::vector<Bytes> halves{to_bytes(input.first(size / 2)), to_bytes(input.subspan(size / 2))};
    require(sole_element(der_set_of(halves), tag::set).has_value());
    require(sole_element(der_sequence({der_utf8(as_text(input)), der_printable("x"), der_ia5("y"),
                                       der_null(), der_octet_string(input)}),
                         tag::sequence)
                .has_value());
    if (is_oid(as_text(input)))
        require(sole_element(der_oid(as_text(input)), tag::oid).has_value());
    return 0;
}
